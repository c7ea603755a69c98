import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, startImpatient, type FlowApp } from '../../helpers/flow/flow-app.js';
import {
  attemptOf,
  clearFaults,
  connectedOwner,
  EXCHANGE,
  exchanges,
  orphanTokens,
  outbound,
  plant,
  returning,
  without,
  type PlantedFault,
} from '../../helpers/flow/observe.js';
import { start, until, visitWebview } from '../../helpers/flow/person.js';

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): PlantedFault => ({
  kind: 'status',
  status,
  body,
  headers,
});

const JSON_TYPE = { 'content-type': 'application/json' };
const READ = { method: 'GET', path: '/users/me/connections*' } as const;

describe('what the library takes from Powens', () => {
  let app: FlowApp;
  let impatient: FlowApp;
  let serial = 0;
  const newUser = (): string => `user-${(serial += 1)}`;

  beforeAll(async () => {
    // Only the callbacks of a test go on with an attempt here: the sweeper would, at a moment of its own.
    app = await startFlowApp({ options: { lifecycle: { sweeper: false } } });
    impatient = await startImpatient(app);
  });

  afterEach(async () => {
    await clearFaults(app);
  });

  afterAll(async () => {
    await impatient.stop();
    await app.close();
  });

  const READS: readonly (readonly [what: string, fault: PlantedFault, error: string])[] = [
    ['500', { kind: 'status', status: 500 }, 'powens_failed'],
    ['404', { kind: 'status', status: 404 }, 'connection_not_found'],
    ['401', { kind: 'status', status: 401 }, 'powens_refused'],
    ['429', { kind: 'status', status: 429 }, 'powens_unreachable'],
    ['silence', { kind: 'timeout' }, 'powens_timeout'],
    ['resets', { kind: 'reset' }, 'powens_timeout'],
    ['an array', answer(200, '[]'), 'powens_response_invalid'],
    ['no id', answer(200, '{"id_user": 1}'), 'powens_response_invalid'],
    ['an id beyond what is exact', answer(200, '{"id": 1e400}'), 'powens_response_invalid'],
    ['a negative id', answer(200, '{"id": -1}'), 'powens_response_invalid'],
    ['a number for a state', answer(200, '{"id": 1, "state": 7}'), 'powens_response_invalid'],
  ];

  it.each(READS)(
    'should keep the new token with the attempt when the read-back brings %s, and go on from it [U13, N11, OA-14]',
    async (_, fault) => {
      const { browser, callback, started } = await returning(app, newUser());
      await plant(app, { ...READ, ...fault, times: 50 });
      const before = exchanges(app);

      const at = fault.kind === 'timeout' ? browser.at(impatient.url) : browser;
      expect((await at.get(callback)).status).toBe(303);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'claimed', error: null });
      expect((await browser.get('/connections')).json()).toEqual({ items: [], nextCursor: null });
      await clearFaults(app);
      expect((await browser.get(callback)).status).toBe(303);

      expect(exchanges(app)).toBe(before + 1);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected', error: null });
      await until(() => app.events.some((event) => event.attemptId === started.attemptId));
      expect(app.events.filter((event) => event.attemptId === started.attemptId)).toMatchObject([
        { type: 'connection.created' },
      ]);
      expect(await orphanTokens(app)).toEqual([]);
    },
  );

  it('should cut the over-long name of a bank rather than lose the connection', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    const id = new URL(callback, app.url).searchParams.get('connection_id');
    // The 255th place is the first half of a pair: half a character cannot be stored.
    const name = `Caisse\u0000 ${'é'.repeat(247)}\u{1f3e6}${'x'.repeat(300)}`;
    const connector = { name, uuid: 'u'.repeat(100) };
    await plant(app, { ...READ, ...answer(200, { id, state: 's'.repeat(70), connector }, JSON_TYPE) });
    expect((await browser.get(callback)).status).toBe(303);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
    expect((await browser.get('/connections')).json()).toMatchObject({
      items: [
        {
          connectorName: `Caisse ${'é'.repeat(247)}`,
          connectorUuid: 'u'.repeat(64),
          state: 's'.repeat(64),
        },
      ],
    });
  });

  it('should wait for a connection that shows up late [OA-14]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    await plant(app, { ...READ, kind: 'status', status: 404, times: 2 });
    expect((await browser.get(callback)).status).toBe(303);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
  });

  it.each<[string, PlantedFault]>([
    ['500', { kind: 'status', status: 500 }],
    ['403', { kind: 'status', status: 403 }],
    ['silence', { kind: 'timeout' }],
    ['resets', { kind: 'reset' }],
    ['the answer of another user', answer(200, null, JSON_TYPE)],
  ])(
    'should give the attempt back when a known owner’s read-back brings %s [RL-13, U13, N22]',
    async (_, fault) => {
      const owner = await connectedOwner(app, newUser());
      const started = await start(owner);
      const callback = await visitWebview(app, started.url);
      const id = new URL(callback, app.url).searchParams.get('connection_id');
      const body = fault.status === 200 ? { id, id_user: 9_900_000 } : fault.body;
      await plant(app, { ...READ, ...fault, body, times: 50 });
      const turned = await (fault.kind === 'timeout' ? owner.at(impatient.url) : owner).get(callback);
      await clearFaults(app);
      expect([502, 503, 504]).toContain(turned.status);
      expect(await attemptOf(owner, started.attemptId)).toMatchObject({ status: 'pending' });
      expect((await owner.get(callback)).status).toBe(303);
      expect(await attemptOf(owner, started.attemptId)).toMatchObject({ status: 'connected' });
      expect(await orphanTokens(app)).toEqual([]);
    },
  );

  it('should find the connections of a new user when the callback names none [OA-14]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    expect((await browser.get(without(callback, 'connection_id'))).status).toBe(303);
    const attempt = await attemptOf(browser, started.attemptId);
    expect(attempt.status).toBe('connected');
    expect(attempt.connectionIds).toHaveLength(1);
  });

  it('should take a code that nobody asked for from no callback [F6, A31]', async () => {
    const owner = await connectedOwner(app, newUser());
    const started = await start(owner);
    const callback = await visitWebview(app, started.url);
    const stranger = await returning(app, newUser());
    const code = new URL(stranger.callback, app.url).searchParams.get('code') ?? '';
    const before = exchanges(app);
    expect((await owner.get(`${callback}&code=${encodeURIComponent(code)}`)).status).toBe(303);
    expect(exchanges(app)).toBe(before);
    expect(await attemptOf(owner, started.attemptId)).toMatchObject({ status: 'connected' });
    expect((await stranger.browser.get(stranger.callback)).status).toBe(303);
  });

  it.each([301, 302, 303, 307, 308])(
    'should send not one byte to where a %i points [OA-15, A18, U11]',
    async (status) => {
      let asked = 0;
      const trap = createServer((_, response) => {
        asked += 1;
        response.end('{"access_token":"abcdefgh"}');
      });
      trap.on('connection', () => (asked += 1));
      await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
      const location = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/`;
      const { browser, callback, started } = await returning(app, newUser());
      await plant(app, { ...EXCHANGE, ...answer(status, '', { location }) });
      await browser.get(callback);
      trap.close();
      expect(asked).toBe(0);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'claimed' });
    },
  );

  it('should keep out of log and answer what Powens echoes: code, secret, line breaks [TC-15, G06, G09]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    const code = new URL(callback, app.url).searchParams.get('code') ?? '';
    const description = `bad code ${code} of ${app.sandbox.client.clientSecret}\r\n\u001b[31mLOG forged`;
    await plant(app, { ...EXCHANGE, ...answer(400, { code: 'invalidValue', description }) });
    const lines = app.logger.lines.length;
    await browser.get(callback);
    const written = app.logger.lines.slice(lines).join('\n');
    expect(written).toContain('invalidValue');
    expect(written).toContain('[redacted]');
    expect(written).not.toMatch(/[^\n\P{Cc}]|\nLOG forged/u);
    expect((await browser.get(`/connections/attempts/${started.attemptId}`)).text).not.toContain('bad code');
  });

  it.each([
    ['a token under the name auth_token', { auth_token: 'abcdefgh-auth' }],
    ['a token under the name token', { token: 'abcdefgh-token', token_type: 'BEARER' }],
  ])('should read %s [F1, U08]', async (_, body) => {
    const { browser, callback } = await returning(app, newUser());
    await plant(app, { ...EXCHANGE, ...answer(200, body) });
    const before = outbound(app).length;
    await browser.get(callback);
    // The sandbox knows no such token: that it was used at all is what shows that it was read.
    expect(
      outbound(app)
        .slice(before)
        .map(({ method, status }) => `${method} ${status}`),
    ).toEqual(['POST 200', 'GET 401']);
  });

  it('should answer 502 or 503, write no attempt and give no cookie when a webview code cannot be made [RL-05]', async () => {
    const owner = await connectedOwner(app, newUser());
    owner.cookies.clear();
    for (const [fault, status] of [
      [{ kind: 'status', status: 401 }, 502],
      [{ kind: 'status', status: 429 }, 503],
      [{ kind: 'html503' }, 502],
    ] as const) {
      await plant(app, { path: '/auth/token/code', ...fault, times: 3 });
      const turned = await owner.post('/connections/connect');
      await clearFaults(app);
      expect(turned.status).toBe(status);
      expect(turned.headers.getSetCookie()).toEqual([]);
    }
    expect((await visitWebview(app, (await start(owner)).url)).startsWith('/connections/callback?')).toBe(
      true,
    );
  });
});
