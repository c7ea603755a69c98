import { randomBytes } from 'node:crypto';
import type { ConnectionsModuleOptions } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import { registerSecret } from '../../../helpers/canary/collector.js';
import { ADAPTERS, startFlowApp, type FlowApp } from '../../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../../helpers/flow/use-flow-app.js';
import { push, sendBytes, wholeInbox, type PushAnswer } from '../../../helpers/webhooks/pushed.js';

let serial = 70_000;

const optionsWith = (
  auth: NonNullable<ConnectionsModuleOptions['webhooks']>['auth'],
): Partial<ConnectionsModuleOptions> => ({ webhooks: { auth, pollIntervalMs: 50 } });

describe.each(ADAPTERS)('webhooks with a token that Powens fetches here, on %s', (adapter) => {
  const clientId = '20000001';
  const clientSecret = randomBytes(24).toString('hex');
  registerSecret('webhook client secret', clientSecret);
  let app: FlowApp;

  useFlowApp({ adapter, options: optionsWith({ type: 'oauth', clientId, clientSecret }) }, (opened) => {
    app = opened;
  });

  const ask = async (body: string, headers: Record<string, string> = {}): Promise<PushAnswer> =>
    sendBytes(new URL('/connections/webhooks/token', app.url), Buffer.from(body), {
      'content-length': Buffer.byteLength(body),
      ...headers,
    });
  const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
  const form = (id: string, secret: string, grant = 'client_credentials'): string =>
    new URLSearchParams({ grant_type: grant, client_id: id, client_secret: secret }).toString();

  const token = async (): Promise<string> => {
    const answer = JSON.parse((await ask(form(clientId, clientSecret), FORM)).text) as {
      access_token: string;
    };
    registerSecret('webhook token', answer.access_token);
    return answer.access_token;
  };

  const send = async (authorization: string | null): Promise<number> => {
    const headers = authorization === null ? {} : { authorization };
    const body = { id: 412, id_webhook_data: (serial += 1) };
    return (
      await push(app.url, '/connections/webhooks/user-created', body, {
        secret: '',
        signature: null,
        headers,
      })
    ).status;
  };

  it.each<[string, string, Record<string, string>]>([
    ['a form', form(clientId, clientSecret), FORM],
    [
      'JSON',
      JSON.stringify({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
      { 'content-type': 'application/json' },
    ],
    [
      'HTTP Basic',
      'grant_type=client_credentials',
      { ...FORM, authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    ],
  ])('should get a token for %s [RFC 6749 4.4]', async (_, body, headers) => {
    const answer = await ask(body, headers);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store' });
    const given = JSON.parse(answer.text) as { access_token: string };
    registerSecret('webhook token', given.access_token);
    expect(given).toEqual({ access_token: given.access_token, token_type: 'Bearer', expires_in: 3600 });
    expect(await send(`Bearer ${given.access_token}`)).toBe(204);
  });

  it('should give none to another client, and say no more than that', async () => {
    const answers = [
      await ask(form('20000002', clientSecret), FORM),
      await ask(form(clientId, `${clientSecret}x`), FORM),
      await ask(form(clientId, ''), FORM),
      await ask(form(clientId, clientSecret, 'password'), FORM),
      await ask('', FORM),
      await ask('{', { 'content-type': 'application/json' }),
      await ask(form(clientId, clientSecret), { ...FORM, authorization: 'Basic Og==' }),
    ];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(401);
    expect((await ask('x'.repeat(17_000), FORM)).status).toBe(413);
  });

  it('should be refused without a token, with one of another secret, and with one that ended', async () => {
    const good = await token();
    const [ends = '', random = '', seal = ''] = good.split('.');
    const before = await wholeInbox(app);
    const past = String(Math.floor(Date.now() / 1000) - 1);
    for (const wrong of [
      null,
      'Bearer x',
      good,
      `Bearer ${past}.${random}.${seal}`,
      `Bearer ${ends}.${random}.${seal}x`,
    ]) {
      expect(await send(wrong)).toBe(401);
    }
    expect(await wholeInbox(app)).toEqual(before);
    const elsewhere = await startFlowApp({
      adapter,
      like: app,
      options: optionsWith({ type: 'oauth', clientId, clientSecret: randomBytes(24).toString('hex') }),
    });
    const body = Buffer.from('{"id": 412}');
    const headers = { authorization: `Bearer ${good}`, 'content-length': body.length };
    const answer = await sendBytes(
      new URL('/connections/webhooks/user-created', elsewhere.url),
      body,
      headers,
    );
    await elsewhere.stop();
    expect(answer.status).toBe(401);
    expect(await send(`Bearer ${good}`)).toBe(204);
  });
});

describe.each(ADAPTERS)('a host that receives no webhooks, on %s', (adapter) => {
  let app: FlowApp;

  useFlowApp({ adapter }, (opened) => {
    app = opened;
  });

  it.each(['connection-synced', 'token', 'anything'])(
    'should answer 404 at %s and keep nothing',
    async (event) => {
      const answer = await push(app.url, `/connections/webhooks/${event}`, { id: 1 }, { secret: 'wh_none' });
      expect(answer.status).toBe(404);
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'not_found' });
      expect(await wholeInbox(app)).toEqual([]);
    },
  );
});
