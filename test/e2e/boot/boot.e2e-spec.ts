import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import {
  ConfigurationError,
  ConnectionsError,
  ConnectionsService,
  type ConnectionsModuleOptions,
} from 'nestjs-powens-connections';
import { describe, expect, it, vi } from 'vitest';
import { startFlowApp, type FlowApp, type FlowAppOptions } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { connectedOwner, sql } from '../../helpers/flow/observe.js';
import { connect } from '../../helpers/flow/person.js';

const SECRET = `canary-${randomBytes(12).toString('hex')}`;
const KEY = randomBytes(32).toString('base64');

/** Options whose types a host without a compiler would get wrong. */
const loose = (options: unknown): Partial<ConnectionsModuleOptions> =>
  options as Partial<ConnectionsModuleOptions>;

describe('an application that boots', () => {
  let app: FlowApp;

  useFlowApp({}, (opened) => {
    app = opened;
  });

  async function refusal(wish: Partial<FlowAppOptions>): Promise<unknown> {
    try {
      const started = await startFlowApp({ ...wish, like: app });
      await started.stop();
    } catch (error) {
      return error;
    }
    return null;
  }

  function powens(change: Record<string, unknown>): Partial<ConnectionsModuleOptions> {
    const { sandbox } = app;
    return loose({
      powens: { ...sandbox.client, apiUrl: `${sandbox.url}/2.0`, webviewUrl: sandbox.url, ...change },
    });
  }

  const REFUSED: Record<string, readonly [option: string, options: () => Partial<ConnectionsModuleOptions>]> =
    {
      'no owner while the routes are on': ['owner', () => loose({ owner: undefined })],
      'an owner that resolves nothing': ['owner', () => loose({ owner: {} })],
      'no client id': ['powens.clientId', () => powens({ clientId: '' })],
      'a client id of letters': ['powens.clientId', () => powens({ clientId: SECRET })],
      'no client secret': ['powens.clientSecret', () => powens({ clientSecret: undefined })],
      'a client secret with a line feed': [
        'powens.clientSecret',
        () => powens({ clientSecret: `${SECRET}\n` }),
      ],
      'a domain with a path': ['powens.domain', () => powens({ domain: 'evil.test/x' })],
      'an API over http elsewhere': [
        'powens.apiUrl',
        () => powens({ apiUrl: 'http://api.example.test/2.0' }),
      ],
      'an API address with a password': [
        'powens.apiUrl',
        () => powens({ apiUrl: `https://user:${SECRET}@api.example.test` }),
      ],
      'an API address that is none': ['powens.apiUrl', () => powens({ apiUrl: SECRET })],
      'a webview over javascript:': [
        'powens.webviewUrl',
        () => powens({ webviewUrl: 'javascript:alert(1)' }),
      ],
      'a time-out of nothing': ['powens.totalTimeoutMs', () => powens({ totalTimeoutMs: 0 })],
      'an endless time-out': ['powens.connectTimeoutMs', () => powens({ connectTimeoutMs: Infinity })],
      'a dispatcher that is none': ['powens.dispatcher', () => powens({ dispatcher: {} })],
      'a public URL over http elsewhere': ['publicUrl', () => ({ publicUrl: 'http://app.example.test' })],
      'a public URL on loopback over http, not allowed': [
        'powens.apiUrl',
        () => ({ insecureLoopback: false }),
      ],
      'no public URL': ['publicUrl', () => loose({ publicUrl: undefined })],
      'a public URL with a query': ['publicUrl', () => ({ publicUrl: 'https://app.example.test/?a=1' })],
      'a redirect URI with a query': [
        'redirectUri',
        () => ({ redirectUri: 'https://app.example.test/cb?a=1' }),
      ],
      'no key': ['keys', () => ({ keys: '' })],
      'a list of no keys': ['keys', () => ({ keys: [] })],
      'a key of 31 bytes': ['keys', () => ({ keys: `k1:${randomBytes(31).toString('base64')}` })],
      'a key of 33 bytes': ['keys', () => ({ keys: `k1:${randomBytes(33).toString('base64')}` })],
      'a key with junk inside': ['keys', () => ({ keys: `k1:${KEY.slice(0, 20)}!${KEY.slice(20)}` })],
      'a key with white space': ['keys', () => ({ keys: `k1: ${KEY}` })],
      'a passphrase for a key': ['keys', () => ({ keys: `k1:${SECRET}` })],
      'a key without a name': ['keys', () => ({ keys: KEY })],
      'a key of zeros': ['keys', () => ({ keys: `k1:${Buffer.alloc(32).toString('base64')}` })],
      'two keys of one name': [
        'keys',
        () => ({ keys: `k1:${KEY},k1:${randomBytes(32).toString('base64')}` }),
      ],
      'an instance with a slash': ['instance', () => loose({ instance: 'a/b' })],
      'an unknown provisioning': ['provisioning', () => loose({ provisioning: 'both' })],
      'an unknown language': ['lang', () => ({ lang: 'xx' })],
      'a landing elsewhere': ['returnTo.default', () => ({ returnTo: { default: 'https://evil.test' } })],
      'a target over http': [
        'returnTo.targets.app',
        () => ({ returnTo: { targets: { app: 'http://app.example.test' } } }),
      ],
      'a target with an odd name': [
        'returnTo.targets',
        () => ({ returnTo: { targets: { '/a': 'https://app.example.test' } } }),
      ],
      'an attempt of 4 minutes': ['attemptLifetimeMinutes', () => ({ attemptLifetimeMinutes: 4 })],
      'an attempt of 61 minutes': ['attemptLifetimeMinutes', () => ({ attemptLifetimeMinutes: 61 })],
      'a lease of an account shorter than a call to Powens': [
        'lifecycle.leaseSeconds',
        () => ({ ...powens({ totalTimeoutMs: 3001 }), lifecycle: { leaseSeconds: 3 } }),
      ],
      'a silence of less than nothing': ['lifecycle.silentDays', () => ({ lifecycle: { silentDays: -1 } })],
      'a batch of nothing': ['outbox.batchSize', () => ({ outbox: { batchSize: 0 } })],
      'a poll in a text': ['outbox.pollIntervalMs', () => loose({ outbox: { pollIntervalMs: '100' } })],
    };

  it.each(Object.keys(REFUSED))(
    'should refuse %s, name the option and repeat no value [OA-30, C10, G14]',
    async (what) => {
      const [option, options] = REFUSED[what] as (typeof REFUSED)[string];
      const error = await refusal({ options: options() });
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error).toMatchObject({ option, code: 'configuration_invalid' });
      expect((error as Error).message).toContain(`"${option}"`);
      const told = inspect(error, { depth: 5 });
      for (const secret of [
        SECRET,
        KEY,
        KEY.slice(0, 20),
        app.keys.slice(3),
        app.sandbox.client.clientSecret,
      ]) {
        expect(told).not.toContain(secret);
      }
    },
  );

  it('should refuse insecureLoopback in production [G14]', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    expect(await refusal({})).toMatchObject({ option: 'insecureLoopback' });
  });

  it('should refuse a process that verifies no certificate in production, and only there [N31]', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    expect(await refusal({ options: loose({ audit: 'no function' }) })).toMatchObject({ option: 'audit' });
    vi.stubEnv('NODE_ENV', 'production');
    const error = await refusal({});
    expect(error).toMatchObject({ option: 'process', code: 'configuration_invalid' });
    expect((error as Error).message).toContain('NODE_EXTRA_CA_CERTS');
  });

  it('should boot without an owner when there are no routes, and serve by its services [OA-30]', async () => {
    const started = await startFlowApp({
      like: app,
      options: loose({ owner: undefined }),
      extras: { routes: false },
    });
    expect((await started.browser('ann').get('/connections')).status).toBe(404);
    const { url, binding } = await started.app.get(ConnectionsService).start('ann');
    expect(new URL(url).searchParams.get('redirect_uri')).toBe(`${started.url}/connections/callback`);
    expect(binding).toMatch(/^[\w-]{43}$/);
    await started.stop();
  });

  it('should say what to run when its tables are missing [RL-31]', async () => {
    const error = await refusal({ typeorm: { migrationsRun: false, entityPrefix: 'none_' } });
    expect(error).toBeInstanceOf(ConnectionsError);
    expect(error).toMatchObject({ code: 'schema_missing' });
    expect((error as Error).message).toMatch(/none_powens_\w+.*Run the migrations/);
  });

  it('should say so when the DataSource does not know its entities [RL-31]', async () => {
    const error = await refusal({ typeorm: { entities: [] } });
    expect(error).toBeInstanceOf(Error);
  });

  it('should refuse a ring that lacks a key still in use, and take it back with the key added [TC-09]', async () => {
    const own = await startFlowApp();
    await connectedOwner(own, 'ann');
    const [oldKey, newKey] = [own.keys, `k2:${KEY}`];
    const error = await startFlowApp({ like: own, options: { keys: newKey } }).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as Error).message).toContain('"k1"');
    expect(inspect(error)).not.toContain(KEY);

    const rotated = await startFlowApp({ like: own, options: { keys: `${newKey},${oldKey}` } });
    const browser = rotated.browser('ann');
    expect((await connect(rotated, browser)).landed.status).toBe(303);
    await connectedOwner(rotated, 'ben');
    const rows = await sql<{ owner_id: string; key_id: string }>(
      rotated,
      'SELECT owner_id, key_id FROM powens_user ORDER BY owner_id',
    );
    expect(rows).toEqual([
      { owner_id: 'ann', key_id: 'k1' },
      { owner_id: 'ben', key_id: 'k2' },
    ]);
    await rotated.stop();
    await own.close();
  });
});
