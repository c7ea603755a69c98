import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { postgresCapabilities } from '../../../../../test/helpers/database.js';
import { startFlowApp, type FlowApp } from '../../../../../test/helpers/flow/flow-app.js';
import { connected, eventOf } from '../../../../../test/helpers/flow/lifecycle.js';
import { clearFaults, plant, sql } from '../../../../../test/helpers/flow/observe.js';
import { hmacWebhooks, inboxOf } from '../../../../../test/helpers/webhooks/pushed.js';
import { madeUpKey } from '../../custody/__support__/rotation-under-test.js';
import { environmentOf, runDoctor, type DoctorRan } from '../__support__/doctor-under-test.js';
import { runDoctorCommand } from './doctor-command.js';

// On PGlite the sessions of the application and of the command would wait for one another.
describe.skipIf(!postgresCapabilities().concurrent)(runDoctorCommand.name, () => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;

  beforeAll(async () => {
    app = await startFlowApp({ options });
  });

  afterEach(async () => {
    await clearFaults(app);
  });

  afterAll(async () => {
    await app.close();
  });

  const check = async (env: Record<string, string | undefined> = {}, ...argv: string[]): Promise<DoctorRan> =>
    runDoctor(argv, { ...environmentOf(app, secret), ...env });

  it('should not guess the redirect URI while nobody is connected', async () => {
    const { code, line } = await check();
    expect(line('redirect URI')).toMatch(/^skip .*no user is connected yet/);
    expect(code).toBe(0);
  });

  describe('of an application with an owner', () => {
    beforeAll(async () => {
      await register(app, [`${app.url}/connections/callback`]);
      await connected(app, 'anna');
      await eventOf(app, 'anna', 'connection.created');
    });

    it('should find nothing to fix, and leave nothing behind', async () => {
      const { code, stdout, stderr } = await check({}, '--all');
      expect(stderr).toBe('');
      expect(stdout.split('\n').filter((line) => line !== '')).toEqual([
        'ok    configuration  complete',
        'ok    database       answers',
        'ok    schema         every table and column is there',
        'ok    key ring       has every key that tokens need: k1; new tokens are sealed with k1',
        'ok    tokens         1 opened',
        'ok    connections    1 are as they were written',
        'ok    outbox         0 waiting, 0 dead',
        'ok    inbox          0 waiting, 0 dead, 0 parked',
        'ok    losses         Powens finds everything that is in use here',
        `ok    Powens         answers at ${app.sandbox.url}/2.0`,
        `ok    redirect URI   ${app.url}/connections/callback is registered`,
        `ok    webhooks       ${app.url}/connections/webhooks takes what is signed, and refuses what is not`,
        'All is well.',
      ]);
      expect(code).toBe(0);
      expect(await inboxOf(app)).toEqual([]);
    });

    it('should name a redirect URI that is not registered', async () => {
      const { code, line } = await check({}, '--redirect-uri', `${app.url}/elsewhere`);
      expect(code).toBe(1);
      expect(line('redirect URI')).toContain(
        `${app.url}/elsewhere is not registered with the client application`,
      );
    });

    it('should name a key that is missing, and tokens that do not open', async () => {
      const other = await check({ CONNECTIONS_KEYS: madeUpKey('k2') });
      expect(other.line('key ring')).toContain('lacks "k1" (1 tokens, 1 connections)');
      const swapped = await check({ CONNECTIONS_KEYS: madeUpKey('k1') });
      expect(swapped.line('tokens')).toContain('1 of 1 cannot be opened');
      expect([other.code, swapped.code]).toEqual([1, 1]);
      expect((await check({ CONNECTIONS_KEYS: 'k1:c2hvcnQ=' })).line('key ring')).toMatch(
        /^fix .*CONNECTIONS_KEYS/,
      );
    });

    it('should name dead letters, and messages that wait too long', async () => {
      await sql(app, `UPDATE powens_outbox SET status = 'dead'`);
      const dead = await check();
      expect([dead.code, dead.line('outbox')]).toEqual([
        1,
        expect.stringContaining('0 waiting, 1 dead. Dead ones are no longer'),
      ]);
      await sql(
        app,
        `UPDATE powens_outbox SET status = 'pending', available_at = now() - interval '2 hours', lease_token = id,
           leased_until = now() + interval '1 minute'`,
      );
      const late = await check();
      expect(late.line('outbox')).toContain('the oldest has waited for 120 minutes');
      await sql(app, `UPDATE powens_outbox SET status = 'delivered', completed_at = now()`);
    });

    it('should count Powens users that may be left at Powens [N37]', async () => {
      await sql(app, `UPDATE powens_attempt SET orphan = '?'`);
      const { code, line } = await check();
      expect(line('orphans')).toMatch(/^note .*1 could not be deleted, 0 of attempts .* 0 whose creation/);
      expect(code).toBe(0);
      await sql(app, 'UPDATE powens_attempt SET orphan = NULL');
    });

    it('should tell of a Powens that is away, or that refuses', async () => {
      const away = await check({ POWENS_API_URL: 'http://127.0.0.1:9/2.0' });
      expect(away.line('Powens')).toContain('powens_unreachable');
      expect(away.line('redirect URI')).toBe('');
      await plant(app, { kind: 'status', status: 404, path: '/clients/20000001', times: 9 });
      expect((await check()).line('redirect URI')).toMatch(/^fix .*could not be read: .*status 404/);
    });
  });

  it('should name every variable that is missing, and still look at what it can', async () => {
    const { code, stdout, line } = await runDoctor([], { DATABASE_URL: app.database.url });
    expect(code).toBe(1);
    for (const name of ['POWENS_DOMAIN', 'POWENS_CLIENT_ID', 'POWENS_CLIENT_SECRET', 'PUBLIC_URL']) {
      expect(line('configuration')).toContain(`${name} is missing`);
    }
    expect(line('key ring')).toContain('CONNECTIONS_KEYS is empty');
    expect(line('schema')).toMatch(/^ok/);
    expect(stdout).not.toContain('webhooks');
  });

  it.each([
    [{ POWENS_CLIENT_ID: 'abc' }, 'POWENS_CLIENT_ID must be the digits'],
    [{ POWENS_DOMAIN: 'a b' }, 'POWENS_DOMAIN must be a short name'],
    [{ PUBLIC_URL: 'http://app.example.com' }, 'PUBLIC_URL must start with https://'],
    [{ POWENS_WEBHOOK_SECRET: 'hunter2 hunter2' }, 'POWENS_WEBHOOK_SECRET has white space in it'],
  ])('should say of %j what it should be, without repeating a secret', async (env, words) => {
    const { code, stdout, line } = await check(env);
    expect([code, line('configuration')]).toEqual([1, expect.stringContaining(words)]);
    expect(stdout).not.toContain('hunter2');
  });

  it('should tell of a database that does not answer, and not print its URL', async () => {
    const { code, stdout, line } = await check({
      DATABASE_URL: 'postgres://me:hunter2hunter2@127.0.0.1:9/x',
    });
    expect([code, line('database')]).toEqual([1, expect.stringContaining('ECONNREFUSED')]);
    expect(stdout).not.toContain('hunter2');
    expect((await check({ DATABASE_URL: 'mysql://x' })).line('database')).toContain(
      'postgres://user:password',
    );
  });

  it.each([[['cure']], [['--key-provider']], [['register-webhooks']]])(
    'should end with 2 for %j',
    async (argv) => {
      const { code, stdout, stderr } = await runDoctor(argv, environmentOf(app, secret));
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('--help');
    },
  );

  describe('of webhooks', () => {
    const servers: Server[] = [];

    afterAll(() => {
      servers.forEach((server) => server.close());
    });

    async function answering(status: number): Promise<string> {
      const server = createServer((request, response) => {
        request.resume();
        response.writeHead(status, status === 301 ? { location: '/elsewhere' } : {}).end();
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/connections/webhooks`;
    }

    it('should skip them without a secret', async () => {
      const { code, line } = await check({ POWENS_WEBHOOK_SECRET: '' });
      expect([code, line('webhooks')]).toEqual([0, expect.stringMatching(/^skip/)]);
    });

    it('should suspect the secret, the path and the clock when a right signature is refused', async () => {
      const { code, line } = await check({ POWENS_WEBHOOK_SECRET: 'another-secret-than-theirs' });
      expect([code, line('webhooks')]).toEqual([1, expect.stringContaining('refuses a right signature')]);
    });

    it.each([
      [200, 'Something else than this library'],
      [301, 'redirect'],
      [404, 'nothing is there'],
      [502, 'fails. See its log'],
    ])('should explain an answer of %i', async (status, words) => {
      const { code, line } = await check({}, '--webhooks-url', await answering(status));
      expect([code, line('webhooks')]).toEqual([1, expect.stringContaining(words)]);
    });

    it('should find the route where a prefix leads, and say so when it does not', async () => {
      const prefixed = await startFlowApp({
        like: app,
        options,
        adapter: 'fastify',
        prepare: (nest) => nest.setGlobalPrefix('api'),
      });
      const env = { PUBLIC_URL: prefixed.url };
      expect((await check(env)).line('webhooks')).toContain('nothing is there');
      expect((await check(env, '--path', 'api/connections')).line('webhooks')).toMatch(/^ok/);
      await prefixed.stop();
      expect((await check(env)).line('webhooks')).toContain('no process listens there');
    });

    it('should say so when the application receives none', async () => {
      const deaf = await startFlowApp({ like: app });
      expect((await check({ PUBLIC_URL: deaf.url })).line('webhooks')).toContain('option "webhooks"');
      await deaf.stop();
    });
  });
});

async function register(app: FlowApp, redirectUris: readonly string[]): Promise<void> {
  const { clientId, clientSecret } = app.sandbox.client;
  const response = await fetch(`${app.sandbox.url}/sandbox/clients`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ clientId, clientSecret, redirectUris }),
  });
  expect(response.ok).toBe(true);
}
