import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { gunzipSync } from 'node:zlib';
import { CREDENTIALS, SandboxHarness } from '../../../__helpers__/sandbox.harness.js';
import { WebhookReceiver } from '../../../__helpers__/webhook-receiver.js';
import type { Received } from '../../../__helpers__/webhook-receiver.js';
import { WebhookSender } from './webhook-sender.service.js';
import { webhookSignature } from './webhook-signature.js';

const SECRET = 'wh_a-secret-of-this-test';

describe(WebhookSender.name, () => {
  let sandbox: SandboxHarness;
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
  });
  afterAll(() => sandbox.close());
  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
    await sandbox.post('/sandbox/reset');
  });
  afterEach(() => receiver.close());

  function sign(event: 'USER_CREATED' | 'CONNECTION_SYNCED', path = '/hooks/one'): void {
    const auth = { type: 'hmac_signature', secret: SECRET } as const;
    sandbox.webhooks.register({ event, url: receiver.url(path), auth });
  }

  function isSignedOver(got: Received | undefined, body: Buffer): boolean {
    const date = String(got?.headers['bi-signature-date']);
    const path = (got?.path ?? '').split('?')[0] ?? '';
    const expected = webhookSignature(SECRET, { method: 'POST', path, date, body: [body] });
    return got?.headers['bi-signature'] === expected;
  }

  it('should sign the very bytes it sends, which no other serialiser makes (W03)', async () => {
    sign('CONNECTION_SYNCED');
    await sandbox.connectedUser();
    await sandbox.webhooks.idle();
    const [got] = receiver.received;
    const bytes = got?.bytes ?? Buffer.of();
    expect(isSignedOver(got, bytes)).toBe(true);
    expect(bytes.toString()).not.toBe(JSON.stringify(got?.json));
    expect(bytes.toString()).toContain('"symbol": "€", ');
    expect(bytes.toString()).not.toContain('\n');
    expect(got?.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(bytes.length),
      'user-agent': 'Powens-Sandbox-Webhooks/1.0',
      'bi-signature-date': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as unknown,
    });
    expect(JSON.stringify([got?.headers, got?.json])).not.toContain('CONNECTION_SYNCED');
  });

  it('should sign the path of the URL without its query', async () => {
    sign('USER_CREATED', '/hooks/one?x=1');
    await sandbox.permanentUser();
    await sandbox.webhooks.idle();
    const [got] = receiver.received;
    expect(got?.path).toBe('/hooks/one?x=1');
    expect(isSignedOver(got, got?.bytes ?? Buffer.of())).toBe(true);
  });

  it.each(['plain', 'compressed'] as const)('should compress, and sign the %s bytes', async (signs) => {
    sandbox.webhooks.configure({ gzip: true, signs });
    sign('USER_CREATED');
    const { id } = await sandbox.permanentUser();
    await sandbox.webhooks.idle();
    const [got] = receiver.received;
    const sent = got?.bytes ?? Buffer.of();
    const plain = gunzipSync(sent);
    expect(got?.headers['content-encoding']).toBe('gzip');
    expect(JSON.parse(plain.toString())).toMatchObject({ id });
    expect(isSignedOver(got, plain)).toBe(signs === 'plain');
    expect(isSignedOver(got, sent)).toBe(signs === 'compressed');
  });

  it.each([true, false])('should give a retry a new date: %s', async (redate) => {
    sandbox.webhooks.configure({ redate });
    sign('USER_CREATED');
    receiver.answers.push(500);
    await sandbox.permanentUser();
    await sandbox.webhooks.flush();
    await sandbox.webhooks.flush();
    const [first, second] = receiver.received.map(({ headers }) => headers['bi-signature-date']);
    expect(second).toBeDefined();
    expect(first !== second).toBe(redate);
  });

  it('should send the most recent permanent token of the user', async () => {
    sandbox.webhooks.register({ event: 'USER_DELETED', url: receiver.url(), auth: { type: 'bearer' } });
    const { id } = await sandbox.permanentUser();
    const renewed = await sandbox.post('/2.0/auth/renew', {
      ...CREDENTIALS,
      grant_type: 'client_credentials',
      id_user: id,
    });
    const token = String(renewed.json['access_token']);
    await sandbox.call('DELETE', '/2.0/users/me', { bearer: token });
    await sandbox.webhooks.idle();
    expect(receiver.received[0]?.headers.authorization).toBe(`Bearer ${token}`);
  });

  it('should send nothing to recognise it by when nothing was agreed', async () => {
    sandbox.webhooks.register({ event: 'USER_CREATED', url: receiver.url(), auth: null });
    await sandbox.permanentUser();
    await sandbox.webhooks.idle();
    const names = Object.keys(receiver.received[0]?.headers ?? {});
    expect(names.filter((name) => name === 'authorization' || name.startsWith('bi-'))).toEqual([]);
  });

  describe('with a token of the receiver', () => {
    let issued = 0;
    let tokens: WebhookReceiver;
    beforeEach(async () => {
      issued = 0;
      tokens = await WebhookReceiver.start();
      tokens.behaviour = (response) => {
        issued += 1;
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({ access_token: `token-${issued}`, token_type: 'Bearer', expires_in: 60 }),
        );
      };
      const auth = {
        type: 'oauth',
        url: tokens.url('/token'),
        clientId: 'powens',
        clientSecret: 's+/=',
      } as const;
      sandbox.webhooks.register({ event: 'USER_CREATED', url: receiver.url(), auth });
    });
    afterEach(() => tokens.close());

    const bearers = (): unknown[] => receiver.received.map(({ headers }) => headers.authorization);

    it('should ask for it once and use it until it expires', async () => {
      await sandbox.permanentUser();
      await sandbox.permanentUser();
      await sandbox.webhooks.idle();
      expect(bearers()).toEqual(['Bearer token-1', 'Bearer token-1']);
      expect(tokens.received[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
      expect(Object.fromEntries(new URLSearchParams(tokens.received[0]?.bytes.toString()))).toEqual({
        grant_type: 'client_credentials',
        client_id: 'powens',
        client_secret: 's+/=',
      });
    });

    it('should ask for another when it is refused, once', async () => {
      receiver.answers.push(401, 200, 401, 401);
      await sandbox.permanentUser();
      await sandbox.webhooks.idle();
      expect(bearers()).toEqual(['Bearer token-1', 'Bearer token-2']);
      expect(sandbox.webhooks.log()[0]?.attempts).toMatchObject([{ status: 200 }]);
      const { id } = await sandbox.permanentUser();
      await sandbox.webhooks.deliver({ event: 'USER_CREATED', idUser: id });
      expect(sandbox.webhooks.log()[1]?.attempts[0]).toMatchObject({ status: 401 });
    });

    it('should count as a failure that there is none', async () => {
      tokens.behaviour = 500;
      await sandbox.permanentUser();
      await sandbox.webhooks.flush();
      expect(sandbox.webhooks.log()[0]?.attempts[0]).toMatchObject({
        status: null,
        error: 'the token endpoint answered 500',
      });
      expect(receiver.received).toEqual([]);
    });
  });
});
