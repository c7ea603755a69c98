import { randomBytes } from 'node:crypto';
import { POWENS_WEBHOOK_EVENTS, WebhookRegistrationService } from 'nestjs-powens-connections';
import { CONFIG_TOKEN } from 'powens-sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerSecret } from '../../helpers/canary/collector.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connected, eventOf, setState } from '../../helpers/flow/lifecycle.js';
import { outbound } from '../../helpers/flow/observe.js';
import { hmacWebhooks } from '../../helpers/webhooks/pushed.js';
import { answerWith, failureOf } from '../../helpers/upstream/upstream.js';

describe('the preparation of webhooks', () => {
  let app: FlowApp;
  const created = (): number => outbound(app).filter(({ path }) => path.endsWith('/webhooks/auth')).length;
  const service = (): WebhookRegistrationService => app.app.get(WebhookRegistrationService);

  beforeAll(async () => {
    registerSecret('config token', CONFIG_TOKEN);
    app = await startFlowApp({
      // The events of a host that is started beside it are for that host's handlers.
      options: { ...hmacWebhooks().options, outbox: { relay: false } },
      prepare: (nest) => nest.setGlobalPrefix('api'),
    });
  });

  afterAll(async () => {
    await app.close();
  });

  it('should list a URL for every event, as browsers and Powens see it', () => {
    const listed = service().list();
    expect(listed).toHaveLength(POWENS_WEBHOOK_EVENTS.length);
    expect(listed[0]).toEqual({
      event: 'CONNECTION_SYNCED',
      url: `${app.url}/api/connections/webhooks/connection-synced`,
      used: true,
    });
  });

  it('should list the path that a proxy makes of it, where the options say so', async () => {
    const other = await startFlowApp({
      like: app,
      options: { webhooks: { auth: { type: 'bearer' }, signedPath: '/hooks/powens' } },
    });
    expect(other.app.get(WebhookRegistrationService).list()[0]?.url).toBe(
      `${other.url}/hooks/powens/connection-synced`,
    );
    await other.stop();
  });

  it('should hand out the secret of a new provider once, wrapped', async () => {
    const secret = `wh_${randomBytes(16).toString('hex')}`;
    registerSecret('webhook secret', secret);
    await answerWith(app, '/webhooks/auth', {
      id: 2356,
      type: 'hmac_signature',
      name: 'hmac1',
      config: { secret_key: secret },
    });
    const provider = await service().createAuthProvider(CONFIG_TOKEN, 'hmac1');
    expect(JSON.parse(JSON.stringify(provider))).toEqual({ id: '2356', name: 'hmac1', secret: '[redacted]' });
    expect(provider.secret.use((clear) => clear === secret)).toBe(true);
  });

  it('should make all that a host needs to hear of what happens at Powens', async () => {
    const { id, secret } = await service().createAuthProvider(CONFIG_TOKEN, 'hmac9');
    const host = await startFlowApp({
      like: app,
      options: {
        webhooks: { auth: { type: 'hmac', secrets: secret.use((clear) => clear) }, pollIntervalMs: 50 },
        lifecycle: { unconfirmedGraceSeconds: 0, sweepIntervalMs: 200 },
      },
    });
    const listed = host.app.get(WebhookRegistrationService).list();
    for (const { event, url } of listed.filter(({ used }) => used)) await registerUrl(event, url, id);
    const { connection } = await connected(host, 'hera');
    await setState(host, connection, 'wrongpass');
    expect(await eventOf(host, 'hera', 'connection.action_required')).toMatchObject({
      connectionId: connection.id,
      data: { state: 'wrongpass' },
    });
    await host.stop();
  });

  it.each(['', 'with-dash', 'Upper', 'fourteenletters', 'é'])(
    'should refuse the name "%s" before Powens is asked',
    async (name) => {
      const before = created();
      expect(await failureOf(service().createAuthProvider(CONFIG_TOKEN, name))).toMatchObject({
        code: 'invalid_request',
        message: expect.stringContaining('1 to 13 lower-case letters and digits') as string,
      });
      expect(created()).toBe(before);
    },
  );

  it('should never send the call twice, and name no secret in what fails', async () => {
    const before = created();
    await answerWith(
      app,
      '/webhooks/auth',
      { code: 'bug', description: CONFIG_TOKEN },
      { times: 9, status: 500 },
    );
    const failure = (await failureOf(service().createAuthProvider(CONFIG_TOKEN, 'hmac2'))) as Error;
    expect(failure.message).not.toContain(CONFIG_TOKEN);
    expect(created()).toBe(before + 1);
    expect(await failureOf(service().createAuthProvider('two words', 'hmac2'))).toMatchObject({
      code: 'invalid_request',
    });
  });

  /** What a person does in the console. */
  async function registerUrl(event: string, url: string, idAuth: string): Promise<void> {
    const response = await fetch(`${app.sandbox.url}/2.0/webhooks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${CONFIG_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ event, url, id_auth: Number(idAuth) }),
    });
    expect([event, response.status]).toEqual([event, 200]);
  }
});
