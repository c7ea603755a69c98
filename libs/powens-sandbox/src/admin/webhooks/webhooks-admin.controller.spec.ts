import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SandboxHarness } from '../../__helpers__/sandbox.harness.js';
import { WebhookReceiver } from '../../__helpers__/webhook-receiver.js';
import { webhookEventNames } from '../../store/webhook-event.js';
import { WebhooksAdminController } from './webhooks-admin.controller.js';

interface Sent {
  idWebhookData: number;
  attempts: { id: number; url: string; status: number | null }[];
}

describe(WebhooksAdminController.name, () => {
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

  async function register(event: string, auth?: unknown): Promise<void> {
    const { status } = await sandbox.post('/sandbox/webhooks', {
      event,
      url: receiver.url(`/${event}`),
      auth,
    });
    expect(status).toBe(201);
  }

  async function deliver(body: Record<string, unknown>): Promise<Sent> {
    const { status, json } = await sandbox.post('/sandbox/webhooks/deliver', body);
    expect(status).toBe(200);
    return json as unknown as Sent;
  }

  it('should register an event and URL once, whatever is agreed, and never show a secret', async () => {
    await register('CONNECTION_SYNCED', { type: 'hmac_signature', secret: 'a-secret-nobody-sees' });
    await register('CONNECTION_SYNCED', { type: 'bearer' });
    await register('USER_DELETED', {
      type: 'oauth',
      url: receiver.url('/token'),
      client_id: 'one',
      client_secret: 'a-secret-nobody-sees',
    });
    await register('USER_CREATED', { type: 'hmac_signature', secret: 'a-secret-nobody-sees' });
    const { text, json } = await sandbox.get('/sandbox/webhooks');
    expect(text).not.toContain('a-secret');
    expect(json['webhooks']).toMatchObject([
      { event: 'CONNECTION_SYNCED', url: receiver.url('/CONNECTION_SYNCED'), auth: { type: 'bearer' } },
      { event: 'USER_DELETED', auth: { type: 'oauth' } },
      { event: 'USER_CREATED', auth: { type: 'hmac_signature' } },
    ]);
    expect((await sandbox.call('DELETE', '/sandbox/webhooks')).status).toBe(204);
    expect((await sandbox.get('/sandbox/webhooks')).json).toEqual({ webhooks: [] });
  });

  it.each([
    [{ event: 'CONNECTION_BROKEN', url: 'http://127.0.0.1:1/' }],
    [{ event: 'USER_CREATED', url: 'http://192.0.2.1/' }],
    [{ event: 'USER_CREATED', url: 'http://127.0.0.1.example.test/' }],
    [{ event: 'USER_CREATED', url: 'ftp://127.0.0.1/' }],
    [{ event: 'USER_CREATED', url: 'nowhere' }],
    [{ event: 'USER_CREATED', url: 'https://h.test/', auth: { type: 'basic' } }],
    [{ event: 'USER_CREATED', url: 'https://h.test/', auth: { type: 'hmac_signature' } }],
    [
      {
        event: 'USER_CREATED',
        url: 'https://h.test/',
        auth: { type: 'oauth', url: 'http://192.0.2.1/', clientId: 'a', clientSecret: 'b' },
      },
    ],
  ])('should refuse %j', async (body) => {
    expect((await sandbox.post('/sandbox/webhooks', body)).status).toBe(400);
  });

  it('should fire every event that has a payload, whether anything happened or not', async () => {
    for (const event of webhookEventNames()) {
      await register(event);
    }
    const { connectionId } = await sandbox.connectedUser();
    await sandbox.webhooks.idle();
    receiver.clear();
    const undocumented = [
      'CONNECTION_CERTIFICATE_AVAILABLE',
      'PAYMENT_STATE_UPDATED',
      'TRANSACTIONS_CLUSTERED',
    ];
    const fired = webhookEventNames().filter((event) => !undocumented.includes(event));
    let last = 0;
    for (const event of fired) {
      const { idWebhookData, attempts } = await deliver({ event, idConnection: Number(connectionId) });
      expect(attempts).toMatchObject([{ url: receiver.url(`/${event}`), status: 200 }]);
      expect(idWebhookData).toBeGreaterThan(last);
      expect(receiver.received.at(-1)?.json['id_webhook_data']).toBe(idWebhookData);
      last = idWebhookData;
    }
    expect(receiver.paths).toEqual(fired.map((event) => `/${event}`));
    const lacking = await sandbox.post('/sandbox/webhooks/deliver', { event: 'CONNECTION_SYNCED' });
    expect([lacking.status, lacking.json['code']]).toEqual([400, 'missingParameter']);
    const unknown = { event: 'CONNECTION_SYNCED', idConnection: 1 };
    expect((await sandbox.post('/sandbox/webhooks/deliver', unknown)).status).toBe(404);
  });

  it('should merge a body, send one as it is, or send any text', async () => {
    await register('CONNECTION_SYNCED');
    const { connectionId } = await sandbox.connectedUser();
    await sandbox.webhooks.idle();
    receiver.clear();
    const event = 'CONNECTION_SYNCED';
    const idConnection = Number(connectionId);
    await deliver({ event, idConnection, first: true, body: { push_type: 'partial_history' } });
    await deliver({ event, body: { user: { id: 1 } } });
    await deliver({ event, body: { id_webhook_data: 7 } });
    await deliver({ event, raw: '{"connection": ' });
    const [merged, own, numbered, raw] = receiver.received;
    expect(merged?.json).toMatchObject({ push_type: 'partial_history', connection: { id: idConnection } });
    const { accounts } = merged?.json['connection'] as { accounts: { transactions: unknown[] }[] };
    expect(accounts[0]?.transactions.length).toBeGreaterThan(100);
    expect(Object.keys(own?.json ?? {})).toEqual(['user', 'id_webhook_data']);
    expect(numbered?.json).toEqual({ id_webhook_data: 7 });
    expect(raw?.bytes.toString()).toBe('{"connection": ');
  });

  it('should send duplicates, also of an earlier delivery, byte for byte', async () => {
    await register('USER_CREATED', { type: 'hmac_signature', secret: 'of-this-test' });
    const { id } = await sandbox.permanentUser();
    await sandbox.webhooks.idle();
    const fired = await deliver({ event: 'USER_CREATED', idUser: id, duplicate: 2 });
    expect(fired.attempts.map(({ status }) => status)).toEqual([200, 200, 200]);
    const earlier = Number(receiver.received[0]?.json['id_webhook_data']);
    const date = '2020-01-01T00:00:00.000000Z';
    expect(await deliver({ idWebhookData: earlier, signatureDate: date })).toMatchObject({
      idWebhookData: earlier,
      attempts: [{ status: 200 }],
    });
    expect(receiver.received.at(-1)?.bytes).toEqual(receiver.received[0]?.bytes);
    expect(receiver.received.at(-1)?.headers['bi-signature-date']).toBe(date);
    expect((await sandbox.post('/sandbox/webhooks/deliver', { idWebhookData: 1 })).status).toBe(404);
  });

  it('should keep a log, newest last', async () => {
    await register('USER_CREATED');
    receiver.answers.push(500);
    const { id } = await sandbox.permanentUser();
    await sandbox.post('/sandbox/webhooks/flush');
    const { json } = await sandbox.get('/sandbox/webhooks/log');
    expect(json['deliveries']).toEqual([
      {
        id: expect.any(Number) as unknown,
        idWebhookData: receiver.received[0]?.json['id_webhook_data'],
        event: 'USER_CREATED',
        url: receiver.url('/USER_CREATED'),
        idUser: id,
        idConnection: null,
        attempts: [500, 200].map((status) => ({
          at: expect.any(String) as unknown,
          status,
          ms: expect.any(Number) as unknown,
        })),
        acknowledged: true,
        nextTry: null,
      },
    ]);
  });

  it('should show and check settings', async () => {
    expect((await sandbox.post('/sandbox/webhooks/settings', { timeoutMs: 5 })).json).toMatchObject({
      timeoutMs: 5,
      flusherPeriodSeconds: 300,
      signs: 'plain',
    });
    expect((await sandbox.get('/sandbox/webhooks/settings')).json['timeoutMs']).toBe(5);
    for (const wrong of [{ signs: 'both' }, { timeoutMs: 0 }, { parallelism: 'many' }]) {
      expect((await sandbox.post('/sandbox/webhooks/settings', wrong)).status).toBe(400);
    }
    await sandbox.post('/sandbox/reset');
    expect((await sandbox.get('/sandbox/webhooks/settings')).json['timeoutMs']).toBe(10_000);
  });

  it('should make a first synchronisation as large as wanted, while others are served', async () => {
    sandbox.webhooks.configure({ bigFirstSync: 20_000_000 });
    await register('CONNECTION_SYNCED');
    const { connectionId } = await sandbox.connectedUser();
    let servedMeanwhile = 0;
    while (sandbox.webhooks.log().some((one) => !one.acknowledged)) {
      await sandbox.get('/2.0/connectors?limit=1');
      servedMeanwhile += 1;
    }
    const [got] = receiver.received;
    expect(got?.bytes.length).toBeGreaterThan(20_000_000);
    const { accounts } = got?.json['connection'] as { accounts: { transactions: { id: number }[] }[] };
    const ids = accounts.flatMap(({ transactions }) => transactions.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.max(...ids.slice(0, 60_000))).toBeLessThan(2 ** 31);
    expect(got?.json['connection']).toMatchObject({ id: Number(connectionId) });
    expect(servedMeanwhile).toBeGreaterThan(1);
  });
});
