import { ConnectionsService } from 'nestjs-powens-connections';
import { startPowensSandbox, type PowensSandbox } from 'powens-sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { postgresCapabilities } from '../../../../../../test/helpers/database.js';
import { startFlowApp, type FlowApp } from '../../../../../../test/helpers/flow/flow-app.js';
import { connected } from '../../../../../../test/helpers/flow/lifecycle.js';
import { clearFaults, outbound, plant, sql } from '../../../../../../test/helpers/flow/observe.js';
import { environmentOf, runDoctor, type DoctorRan } from '../../__support__/doctor-under-test.js';
import { rebind } from './rebind-command.js';

/** The same sandbox at another address: Powens moved the application. */
const movedUrl = ({ sandbox }: FlowApp): string => `${sandbox.url.replace('127.0.0.1', 'localhost')}/2.0`;

// On PGlite the sessions of the application and of the command would wait for one another.
describe.skipIf(!postgresCapabilities().concurrent)(`connections doctor ${rebind.name}`, () => {
  let app: FlowApp;
  /** Another Powens, whose users and connections have the same numbers. */
  let strangers: PowensSandbox;

  beforeAll(async () => {
    app = await startFlowApp();
    strangers = await startPowensSandbox();
    for (const user of ['anna', 'bruno', 'clara']) {
      await connected(app, user);
    }
  });

  afterEach(async () => {
    await clearFaults(app);
    // As it was: every row bound to the first address again.
    const back = await run(
      ['--confirm', '--without-token', ...from(movedUrl(app))],
      `${app.sandbox.url}/2.0`,
    );
    expect(back.stderr).not.toContain('fault');
  });

  afterAll(async () => {
    await app.close();
    await strangers.close();
  });

  const from = (url: string, clientId = app.sandbox.client.clientId): readonly string[] => [
    '--from-origin',
    url,
    '--from-client-id',
    clientId,
  ];

  async function run(argv: readonly string[], to: string): Promise<DoctorRan> {
    return runDoctor(['rebind', ...argv], { ...environmentOf(app, undefined), POWENS_API_URL: to });
  }

  const rebinding = async (to: string, ...more: string[]): Promise<DoctorRan> =>
    run([...from(`${app.sandbox.url}/2.0`), ...more], to);

  const rows = async (): Promise<readonly Record<string, unknown>[]> =>
    sql(
      app,
      `SELECT owner_id, status, api_origin, sealed_token, authenticator, key_id FROM powens_user ORDER BY owner_id`,
    );

  const boundTo = async (url: string): Promise<readonly unknown[]> =>
    (await rows())
      .filter(({ api_origin }) => api_origin === url.replace('/2.0', ''))
      .map(({ owner_id }) => owner_id);

  it('should only count without --confirm, and ask nobody [N2]', async () => {
    const before = await rows();
    const calls = outbound(app).length;
    const listed = await run([], movedUrl(app));
    expect(listed.stdout).toContain(`client 20000001 at ${app.sandbox.url}: 3`);
    const preview = await rebinding(movedUrl(app));
    expect(preview.stdout).toContain('Nothing was changed, and nothing was sent to Powens.');
    expect([listed.code, preview.code]).toEqual([1, 1]);
    expect(await rows()).toEqual(before);
    expect(outbound(app)).toHaveLength(calls);
  });

  it('should bind every Powens user to the address that its application moved to [N2]', async () => {
    const powens = { ...app.sandbox.client, apiUrl: movedUrl(app), webviewUrl: app.sandbox.url };
    await expect(startFlowApp({ like: app, options: { powens } })).rejects.toThrow(
      'npx connections doctor rebind',
    );
    const { code, stdout, stderr } = await rebinding(movedUrl(app), '--confirm');
    expect(stdout).toContain('3 Powens users were rebound, 0 were left as they are.');
    expect([code, stderr.includes('100 %')]).toEqual([0, true]);
    expect(await boundTo(movedUrl(app))).toEqual(['anna', 'bruno', 'clara']);
    const again = await rebinding(movedUrl(app), '--confirm');
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('Nothing is to be done.')]);
    const moved = await startFlowApp({ like: app, options: { powens } });
    const before = outbound(app).length;
    const started = await moved.browser('anna').post('/connections/connect', {});
    const codes = outbound(app).slice(before);
    expect([started.status, codes.at(-1)]).toMatchObject([
      201,
      { path: '/2.0/auth/token/code', status: 200 },
    ]);
    await moved.stop();
  });

  it('should leave every row when another Powens has the same numbers, with --without-token, too [N2]', async () => {
    const before = await rows();
    const { code, stdout } = await rebinding(`${strangers.url}/2.0`, '--confirm', '--without-token');
    expect(code).toBe(1);
    expect(stdout).toContain('0 Powens users were rebound, 3 were left as they are.');
    expect(stdout).toContain('token_refused: 3');
    expect(await rows()).toEqual(before);
    expect(strangers.ledger().calls.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('should leave a row whose token is another user or none of the known connections there [N2]', async () => {
    const before = await rows();
    const page = { connections: [] };
    await plant(app, {
      kind: 'status',
      method: 'GET',
      path: '/users/me',
      status: 200,
      times: 3,
      body: { id: 9 },
    });
    const users = await rebinding(movedUrl(app), '--confirm');
    expect(users.stdout).toContain('another_user: 3');
    await clearFaults(app);
    await plant(app, { kind: 'status', path: '/users/me/connections', status: 200, times: 3, body: page });
    const banks = await rebinding(movedUrl(app), '--confirm', '--without-token');
    expect(banks.stdout).toContain('other_connections: 3');
    await clearFaults(app);
    await plant(app, { kind: 'html503', path: '/users/me', times: 100 });
    const silent = await rebinding(movedUrl(app), '--confirm', '--without-token');
    expect(silent.stdout).toContain('no_answer: 3');
    expect([users.code, banks.code, silent.code]).toEqual([1, 1, 1]);
    expect(await rows()).toEqual(before);
  });

  it('should leave a row that was edited, and go on with the others [N3]', async () => {
    const edit = `UPDATE powens_user SET owner_id = $1 WHERE owner_id = $2`;
    await sql(app, edit, ['mallory', 'bruno']);
    const { code, stdout } = await rebinding(movedUrl(app), '--confirm', '--without-token');
    expect(code).toBe(1);
    expect(stdout).toMatch(/2 Powens users were rebound[^]*token_tampered: 1/);
    expect(await boundTo(movedUrl(app))).toEqual(['anna', 'clara']);
    await sql(app, edit, ['bruno', 'mallory']);
  });

  it('should bind a row without a token only when asked for it, after another row was proven [N2] [N3]', async () => {
    await app.app.get(ConnectionsService).revokeToken('clara');
    const first = await rebinding(movedUrl(app), '--confirm');
    expect(first.stdout).toMatch(/2 Powens users were rebound[^]*no_token: 1/);
    const second = await rebinding(movedUrl(app), '--confirm', '--without-token');
    expect([first.code, second.code]).toEqual([1, 0]);
    expect(await boundTo(movedUrl(app))).toEqual(['anna', 'bruno', 'clara']);
  });

  it('should refuse to be told half of it, or the configured Powens itself', async () => {
    const half = await run(['--confirm'], movedUrl(app));
    const same = await rebinding(`${app.sandbox.url}/2.0`, '--confirm');
    const none = await run([...from('https://elsewhere.example.com/2.0/')], movedUrl(app));
    expect([half.code, same.code, none.code]).toEqual([2, 2, 1]);
    expect(none.stdout).toContain('None is bound to client 20000001 at https://elsewhere.example.com:');
  });
});
