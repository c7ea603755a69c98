import { ConfigurationError, type AuditEntry } from 'nestjs-powens-connections';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp, type FlowAppOptions } from '../../helpers/flow/flow-app.js';
import { clearFaults, connectedOwner, outbound, plant } from '../../helpers/flow/observe.js';
import { answerWith, failureOf, revokeAtPowens, renewals } from '../../helpers/upstream/upstream.js';

const REDIRECT_URI = 'http://localhost:3999/connections/callback';
const CLIENT = '/clients/20000001';

let app: FlowApp;
const uses: AuditEntry[] = [];

beforeAll(async () => {
  app = await startFlowApp();
});

afterEach(async () => {
  uses.length = 0;
  await clearFaults(app);
});

afterAll(async () => {
  await app.close();
});

describe('the preflight of the redirect URI [B16]', () => {
  it('should not happen unless asked for', async () => {
    await boots({}, { preflight: false });
    expect(asked()).toBe(0);
  });

  it('should warn while there is no token that Powens would ask for', async () => {
    expect(await boots()).toContainEqual(expect.stringMatching(/^warn .*could not be checked.*status 401/));
    expect(asked()).toBe(1);
  });

  describe('once somebody is connected', () => {
    beforeAll(async () => {
      await connectedOwner(app, 'alice');
    });

    it('should let an application boot whose redirect URI is registered', async () => {
      await register(['https://other.example.test/callback', REDIRECT_URI]);
      expect(await boots()).toContainEqual(
        expect.stringContaining(`Powens knows the redirect URI ${REDIRECT_URI}`),
      );
      expect(uses).toMatchObject([{ ownerId: 'alice', operation: 'GET /clients/{id}', outcome: 'ok' }]);
    });

    it.each([
      [[]],
      [[`${REDIRECT_URI}/`]],
      [[REDIRECT_URI.toUpperCase()]],
      [[`${REDIRECT_URI}?x=1`]],
      [['http://localhost:3999']],
    ])('should refuse to boot when only %j is registered, and name what is expected', async (listed) => {
      await register(listed);
      const refusal = await refuses();
      expect(refusal).toMatchObject({ code: 'configuration_invalid', option: 'redirectUri' });
      expect(refusal.message).toContain(`"${REDIRECT_URI}"`);
      expect(refusal.message).toContain('Powens console');
    });

    it('should check what the routes make of the global prefix', async () => {
      await register([]);
      const refusal = await failureOf(
        start({ prepare: (nest) => nest.setGlobalPrefix('api') }, { redirectUri: undefined }),
      );
      expect((refusal as Error).message).toMatch(/"http:\/\/localhost:\d+\/api\/connections\/callback"/);
    });

    it.each([
      REDIRECT_URI,
      `https://a.example.test/cb, ${REDIRECT_URI}`,
      `https://a.example.test/cb\n${REDIRECT_URI}`,
    ])('should read the list also as the text %j', async (listed) => {
      await answerWith(app, CLIENT, { id: 20000001, redirect_uris: listed });
      expect(await boots()).toContainEqual(expect.stringContaining('Powens knows the redirect URI'));
    });

    it('should read it without a token where Powens allows that', async () => {
      await answerWith(app, CLIENT, { id: 20000001, redirect_uris: [REDIRECT_URI] });
      await boots();
      expect(uses).toEqual([]);
    });

    it.each([
      ['forbids it', { kind: 'status', status: 403, times: 9 }],
      ['does not know the application', { kind: 'status', status: 404, times: 9 }],
      ['is down', { kind: 'html503', times: 9 }],
      ['is cut off', { kind: 'reset', times: 9 }],
      ['tells nothing of redirect URIs', { kind: 'status', status: 200, body: { id: 20000001 }, times: 9 }],
    ] as const)('should only warn when Powens %s', async (_, fault) => {
      await plant(app, { ...fault, path: CLIENT });
      expect(await boots()).toContainEqual(expect.stringMatching(/^warn .*could not be checked/));
    });

    it('should only warn when the token is refused, and renew none', async () => {
      const before = renewals(app);
      await revokeAtPowens(app, 'alice');
      expect(await boots()).toContainEqual(expect.stringMatching(/^warn .*could not be checked.*status 401/));
      expect(renewals(app)).toBe(before);
    });
  });
});

/** Starts a second application on the same database and sandbox. */
async function start(wish: FlowAppOptions = {}, options: Record<string, unknown> = {}): Promise<FlowApp> {
  const audit = (use: AuditEntry): void => {
    uses.push(use);
  };
  return startFlowApp({
    like: app,
    ...wish,
    options: { redirectUri: REDIRECT_URI, preflight: true, audit, ...options },
  });
}

/** Boots, stops, and hands out what was logged. */
async function boots(wish: FlowAppOptions = {}, options: Record<string, unknown> = {}): Promise<string[]> {
  const other = await start(wish, options);
  await other.close();
  return other.logger.lines;
}

async function refuses(): Promise<ConfigurationError> {
  const refusal = await failureOf(start());
  expect(refusal).toBeInstanceOf(ConfigurationError);
  return refusal as ConfigurationError;
}

function asked(): number {
  return outbound(app).filter(({ path }) => path.includes('/clients/')).length;
}

async function register(redirectUris: readonly string[]): Promise<void> {
  const { clientId, clientSecret } = app.sandbox.client;
  const response = await fetch(`${app.sandbox.url}/sandbox/clients`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ clientId, clientSecret, redirectUris }),
  });
  expect(response.ok).toBe(true);
}
