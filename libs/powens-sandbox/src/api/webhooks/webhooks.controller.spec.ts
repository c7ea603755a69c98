import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SandboxHarness } from '../../__helpers__/sandbox.harness.js';
import type { Answer, CallOptions } from '../../__helpers__/sandbox.harness.js';
import { WebhookReceiver } from '../../__helpers__/webhook-receiver.js';
import { CONFIG_TOKEN } from '../../sandbox.credentials.js';
import { webhookSignature } from '../../webhooks/delivery/transport/webhook-signature.js';
import { AuthProvidersController } from './auth-providers.controller.js';
import { WebhooksController } from './webhooks.controller.js';

describe(WebhooksController.name, () => {
  let sandbox: SandboxHarness;
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
    receiver = await WebhookReceiver.start();
  });
  afterAll(async () => {
    await sandbox.close();
    await receiver.close();
  });
  beforeEach(async () => {
    await sandbox.post('/sandbox/reset');
    receiver.clear();
  });

  function config(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    return sandbox.call(method, path, { bearer: CONFIG_TOKEN, ...options });
  }

  describe(AuthProvidersController.name, () => {
    it('should show the secret of a provider once', async () => {
      const { status, json } = await config('POST', '/2.0/webhooks/auth', {
        body: { type: 'hmac_signature', name: 'hmacprod1' },
      });
      expect([status, Object.keys(json)]).toEqual([200, ['id', 'type', 'name', 'config']]);
      expect(json['config']).toEqual({ secret_key: expect.stringMatching(/^wh_\S{32}$/) as unknown });
      const list = await config('GET', '/webhooks/auth?limit=1000');
      expect(list.json).toMatchObject({
        authproviders: [{ id: json['id'], type: 'hmac_signature', name: 'hmacprod1' }],
        total: 1,
      });
      expect(list.text).not.toContain('wh_');
    });

    it('should take the fields from the query, with an empty body', async () => {
      const made = await config('POST', '/2.0/webhooks/auth?type=hmac_signature&name=query1');
      expect(made.json).toMatchObject({ type: 'hmac_signature', name: 'query1' });
    });

    it('should fail over a long name with dashes, as seen in the field, and over no other [P6]', async () => {
      const answerTo = async (name: string): Promise<[number, unknown]> => {
        const body = { type: 'hmac_signature', name };
        const { status, json } = await config('POST', '/2.0/webhooks/auth', { body });
        return [status, json['code']];
      };
      expect(await answerTo('nestjs-powens-connections-production-01')).toEqual([500, 'dataError']);
      for (const name of ['with spaces in it', 'short-dashes', 'a'.repeat(60)]) {
        expect(await answerTo(name)).toEqual([200, undefined]);
      }
    });

    it('should rename and remove a provider, and refuse a name that is taken', async () => {
      const body = { type: 'hmac_signature', name: 'one' };
      const { json } = await config('POST', '/2.0/webhooks/auth', { body });
      expect((await config('POST', '/2.0/webhooks/auth', { body })).status).toBe(400);
      const path = `/2.0/webhooks/auth/${String(json['id'])}`;
      expect((await config('PUT', path, { body: { name: 'two' } })).json['name']).toBe('two');
      expect((await config('DELETE', path)).status).toBe(200);
      expect((await config('DELETE', path)).status).toBe(404);
    });

    it('should let nobody through but the config token', async () => {
      const { token } = await sandbox.permanentUser();
      expect((await sandbox.get('/2.0/webhooks/auth')).status).toBe(401);
      expect((await sandbox.get('/2.0/webhooks/auth', token)).status).toBe(403);
      expect((await sandbox.get('/2.0/webhooks', token)).status).toBe(403);
    });
  });

  it('should sign with the secret of the provider that a webhook names', async () => {
    const made = await config('POST', '/2.0/webhooks/auth', {
      body: { type: 'hmac_signature', name: 'prod' },
    });
    const { secret_key } = made.json['config'] as { secret_key: string };
    const body = { event: 'USER_CREATED', url: receiver.url('/created'), id_auth: 'prod' };
    const { json } = await config('POST', '/2.0/webhooks', { body });
    expect(json).toMatchObject({ id_event: 3, id_auth: made.json['id'], url: body.url, deleted: null });
    await sandbox.permanentUser();
    await sandbox.webhooks.idle();
    const [got] = receiver.received;
    const date = String(got?.headers['bi-signature-date']);
    const expected = webhookSignature(secret_key, {
      method: 'POST',
      path: '/created',
      date,
      body: [got?.bytes ?? Buffer.of()],
    });
    expect(got?.headers['bi-signature']).toBe(expected);
    const logs = await config('GET', `/2.0/webhooks/${String(json['id'])}/logs`);
    expect(logs.json).toMatchObject({
      webhooklogs: [{ id_webhook_data: got?.json['id_webhook_data'], response_code: 200, next_try: null }],
      total: 1,
    });
  });

  it('should send the bearer of the user when no provider is named', async () => {
    await config('POST', '/2.0/webhooks', { body: { event: 'USER_CREATED', url: receiver.url() } });
    const { token } = await sandbox.permanentUser();
    await sandbox.webhooks.idle();
    expect(receiver.received[0]?.headers.authorization).toBe(`Bearer ${token}`);
  });

  it('should switch a webhook off and on, and remove it', async () => {
    const body = { event: 'USER_CREATED', url: receiver.url() };
    const { json } = await config('POST', '/2.0/webhooks', { body });
    const path = `/2.0/webhooks/${String(json['id'])}`;
    await config('PUT', path, { body: { deleted: '2026-03-14 09:26:53' } });
    await sandbox.permanentUser();
    expect((await config('GET', '/2.0/webhooks')).json['total']).toBe(0);
    expect((await config('GET', '/2.0/webhooks?all')).json['total']).toBe(1);
    await config('POST', path, { body: { deleted: null } });
    await sandbox.permanentUser();
    await sandbox.webhooks.idle();
    expect(receiver.received).toHaveLength(1);
    expect((await config('DELETE', path)).status).toBe(200);
    expect((await config('GET', `${path}/logs`)).status).toBe(404);
  });

  it('should name the events', async () => {
    const { json } = await config('GET', '/2.0/webhooks_events');
    expect(json['webhooks_events']).toContainEqual({ id: 8, name: 'CONNECTION_SYNCED' });
  });
});
