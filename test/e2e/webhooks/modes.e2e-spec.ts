import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { ConnectionsService, type ConnectionsModuleOptions } from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureOutput, registerSecret } from '../../helpers/canary/collector.js';
import { ADAPTERS, startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connected, eventOf, type Connected } from '../../helpers/flow/lifecycle.js';
import {
  powensUserOf,
  push,
  sendBytes,
  syncedBody,
  wholeInbox,
  type PushAnswer,
} from '../../helpers/flow/pushed.js';

const SYNCED = '/connections/webhooks/connection-synced';
let serial = 70_000;

const optionsWith = (
  auth: NonNullable<ConnectionsModuleOptions['webhooks']>['auth'],
): Partial<ConnectionsModuleOptions> => ({ webhooks: { auth, pollIntervalMs: 50 } });

async function tokenOf(app: FlowApp, owner: Connected): Promise<string> {
  const user = owner.browser.user ?? '';
  return app.app.get(ConnectionsService).withToken(user, (token) => token.use((clear) => clear));
}

describe.each(ADAPTERS)('webhooks that carry the token of a user, on %s', (adapter) => {
  const seen: string[] = [];
  /** What a host that logs requests sees, raw headers included. */
  const look = (request: object): void => {
    const { url = '' } = request as { url?: string };
    if (url.includes('/webhooks/')) {
      const text = inspect(request, { depth: 4, maxArrayLength: 200, breakLength: 200 });
      seen.push(text);
      captureOutput('host', text);
    }
  };
  let app: FlowApp;
  let owner: Connected;
  let other: Connected;

  const logging: NestInterceptor = {
    intercept(context: ExecutionContext, next: CallHandler) {
      look(context.switchToHttp().getRequest<object>());
      return next.handle();
    },
  };

  beforeAll(async () => {
    app = await startFlowApp({
      adapter,
      options: optionsWith({ type: 'bearer' }),
      prepare: (host) => {
        host.useGlobalInterceptors(logging);
        host.use((request: object, _response: unknown, next: () => void) => {
          look(request);
          next();
        });
      },
    });
    owner = await connected(app, 'bearer-owner');
    other = await connected(app, 'bearer-other');
  });

  afterAll(async () => {
    await app.close();
  });

  const send = async (
    authorization: string | null,
    about: Connected = owner,
    event = 'connection-synced',
  ): Promise<PushAnswer> => {
    const connection = { ...about.connection, powensUserId: await powensUserOf(app, about) };
    const body = syncedBody(connection, { lastUpdate: '2027-03-14 10:27:40', webhookDataId: (serial += 1) });
    const headers = authorization === null ? {} : { authorization };
    return push(app.url, `/connections/webhooks/${event}`, body, { secret: '', signature: null, headers });
  };

  it('should be taken with the token of the user they name, and with no other [W04, TC-13]', async () => {
    const token = await tokenOf(app, owner);
    const theirs = await tokenOf(app, other);
    expect((await send(`Bearer ${token}`)).status).toBe(204);
    expect((await send(`bearer ${token}`)).status).toBe(204);
    expect((await eventOf(app, 'bearer-owner', 'connection.synced')).connectionId).toBe(owner.connection.id);

    const before = await wholeInbox(app);
    const last = token.endsWith('a') ? 'b' : 'a';
    const wrong = [
      null,
      '',
      'Bearer',
      'Bearer ',
      `Bearer ${theirs}`,
      `Bearer ${token}x`,
      `Bearer ${token.slice(0, -1)}`,
      `Bearer ${token.slice(0, -1)}${last}`,
      `Bearer ${token} ${token}`,
      `Basic ${Buffer.from(token).toString('base64')}`,
      token,
    ];
    const answers = await Promise.all(wrong.map(async (authorization) => send(authorization)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(401);
    expect(await wholeInbox(app)).toEqual(before);
  });

  it('should be taken for events of a later Powens, too, when they name their user [F11]', async () => {
    expect((await send(`Bearer ${await tokenOf(app, owner)}`, owner, 'something-of-tomorrow')).status).toBe(
      204,
    );
    expect((await send(`Bearer ${await tokenOf(app, other)}`, owner, 'something-of-tomorrow')).status).toBe(
      401,
    );
  });

  it('should be refused when they name nobody, or somebody unknown', async () => {
    const headers = { authorization: `Bearer ${await tokenOf(app, owner)}` };
    for (const body of [{}, { user: { id: 999_999_999 } }, { user: { id: null } }, [], null, 'x']) {
      const how = { secret: '', signature: null, headers };
      expect((await push(app.url, SYNCED, body, how)).status).toBe(401);
    }
  });

  it('should not let the token of one user touch the connection of another', async () => {
    const headers = { authorization: `Bearer ${await tokenOf(app, other)}` };
    const body = {
      id: Number(owner.connection.powensConnectionId),
      id_user: Number(await powensUserOf(app, other)),
      id_webhook_data: (serial += 1),
    };
    const how = { secret: '', signature: null, headers };
    expect((await push(app.url, '/connections/webhooks/connection-deleted', body, how)).status).toBe(204);
    await send(`Bearer ${await tokenOf(app, other)}`, other);
    await eventOf(app, 'bearer-other', 'connection.synced');
    expect((await owner.browser.get(`/connections/${owner.connection.id}`)).status).toBe(200);
  });

  it('should show the token to nobody: no middleware, no interceptor, no log [W04, WH-11]', async () => {
    const token = await tokenOf(app, owner);
    seen.length = 0;
    await send(`Bearer ${token}`);
    expect(seen.length).toBeGreaterThan(adapter === 'express' ? 1 : 0);
    expect(seen.join('\n')).not.toContain(token);
    expect(seen.join('\n')).toContain('bi-signature-date');
    expect(app.logger.lines.join('\n')).not.toContain(token);
  });

  it('should be refused with a token that was revoked, and taken with the one that came after [W04]', async () => {
    const old = await tokenOf(app, owner);
    await app.app.get(ConnectionsService).renewToken('bearer-owner');
    expect((await send(`Bearer ${old}`)).status).toBe(401);
    expect((await send(`Bearer ${await tokenOf(app, owner)}`)).status).toBe(204);
    const current = await tokenOf(app, owner);
    await app.app.get(ConnectionsService).revokeToken('bearer-owner');
    expect((await send(`Bearer ${current}`)).status).toBe(401);
  });
});

describe.each(ADAPTERS)('webhooks with a token that Powens fetches here, on %s', (adapter) => {
  const clientId = '20000001';
  const clientSecret = randomBytes(24).toString('hex');
  registerSecret('webhook client secret', clientSecret);
  let app: FlowApp;

  beforeAll(async () => {
    app = await startFlowApp({ adapter, options: optionsWith({ type: 'oauth', clientId, clientSecret }) });
  });

  afterAll(async () => {
    await app.close();
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

  beforeAll(async () => {
    app = await startFlowApp({ adapter });
  });

  afterAll(async () => {
    await app.close();
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
