import {
  CallbackRefusedError,
  ConnectionsModule,
  ConnectionsService,
  HostRoutesService,
} from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADAPTERS, startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { returning, snapshot, sql } from '../../helpers/flow/observe.js';
import { hmacWebhooks, push } from '../../helpers/webhooks/pushed.js';

const { secret, options } = hmacWebhooks();

const CLIENT = { clientId: 'powens', clientSecret: 'a-secret-of-more-than-32-characters' };

describe.each(ADAPTERS)('routes that the host wrote, on %s', (adapter) => {
  let app: FlowApp;
  let routes: HostRoutesService;

  beforeAll(async () => {
    app = await startFlowApp({
      adapter: `${adapter} with own routes`,
      options: { ...options, webhooks: { auth: { type: 'hmac', secrets: secret }, maxBytes: 2048 } },
    });
    routes = app.app.get(HostRoutesService, { strict: false });
  });

  afterAll(async () => {
    await app.close();
  });

  async function inbox(): Promise<number> {
    const [row] = await sql<{ count: number }>(app, 'SELECT count(*)::int AS count FROM powens_inbox');
    return row?.count ?? -1;
  }

  it('should take a callback as its query or as the whole address, and give the same result again [A11, D1]', async () => {
    const { browser, callback, started } = await returning(app, 'ann', { body: { returnTo: '/banks' } });
    const binding = routes.readBinding(browser.cookieHeader());
    const query = callback.slice(callback.indexOf('?') + 1);
    // The state stands first, where what is before the query would be part of its name.
    const parameters = query.split('&').sort((one) => (one.startsWith('state=') ? -1 : 1));
    const address = `/connections/callback?${parameters.join('&')}`;
    const first = await routes.complete({ query: address, binding, principal: 'ann' });
    expect(first).toMatchObject({
      attempt: { id: started.attemptId, flow: 'connect', status: 'connected', error: null },
      owner: { id: 'ann', tenant: '' },
      returnTo: '/banks',
      url: `/banks?attempt=${started.attemptId}`,
      againUrl: null,
    });
    expect(await routes.complete({ query, binding })).toEqual(first);
    expect(await routes.complete({ query: `?${query}`, binding })).toEqual(first);
    // Browsers do not encode a question mark in a value.
    expect(await routes.complete({ query: `${query}&error_description=why?`, binding })).toEqual(first);
    expect(await routes.passOn(`${query}&error_description=why?`)).toBeNull();
  });

  it.each([
    ['another browser', { binding: null }],
    ['another user', { principal: 'eve' }],
    ['a parameter that is repeated', { suffix: '&state=x' }],
  ])('should refuse the callback of %s with a type and a line in the log [A11]', async (_what, how) => {
    const { browser, callback } = await returning(app, 'bob');
    const rows = await snapshot(app);
    const from = app.logger.lines.length;
    const given = {
      binding: routes.readBinding(browser.cookieHeader()),
      principal: 'bob',
      suffix: '',
      ...how,
    };
    const refused = routes.complete({ ...given, query: `${callback}${given.suffix}` });
    await expect(refused).rejects.toBeInstanceOf(CallbackRefusedError);
    expect(app.logger.lines.slice(from).join('\n')).toContain('Security: a callback was refused');
    expect(await snapshot(app)).toEqual(rows);
  });

  it('should refuse starts with metadata, with secrets, and from other sites [A11]', async () => {
    const browser = app.browser('ann');
    for (const body of [{ metadata: { plan: 'gold' } }, { connectorFields: { x: { password: 'x' } } }]) {
      expect((await browser.post('/connections/connect', body)).status).toBe(400);
    }
    const foreign = { 'sec-fetch-site': 'cross-site' };
    expect((await browser.post('/connections/connect', {}, foreign)).status).toBe(403);
    expect((await browser.send('DELETE', '/connections/me', foreign)).status).toBe(403);
    expect((await browser.send('HEAD', '/connections/connect', {})).status).toBe(405);
  });

  it('should verify webhooks, within the limits, and store each once [A11, WH-01]', async () => {
    const before = await inbox();
    const path = '/connections/webhooks/user-created';
    const body = { id_user: 7, text: 'x' };
    expect((await push(app.url, path, body, { secret })).status).toBe(204);
    expect((await push(app.url, path, body, { secret })).status).toBe(204);
    expect((await push(app.url, path, body, { secret: `${secret}x` })).status).toBe(401);
    expect((await push(app.url, path, { id_user: 8, text: 'x'.repeat(3000) }, { secret })).status).toBe(413);
    expect((await push(app.url, '/connections/webhooks/a b', body, { secret })).status).toBe(404);
    expect(await inbox()).toBe(before + 1);
    expect(app.logger.lines.join('\n')).toContain('Security: a webhook was refused (signature)');
  });

  // Fastify gives the raw body by itself.
  it.runIf(adapter === 'express')(
    'should say what is missing where the host kept no raw body [A11]',
    async () => {
      const plain = await startFlowApp({
        adapter: `${adapter} with own routes`,
        like: app,
        options,
        prepare: (host) =>
          host.use((request: { rawBody?: unknown }, _response: unknown, next: () => void) => {
            Object.defineProperty(request, 'rawBody', { get: () => undefined, set: () => undefined });
            next();
          }),
      });
      const from = app.logger.lines.length;
      const path = '/connections/webhooks/user-created';
      const answer = await push(plain.url, path, { id_user: 9 }, { secret });
      expect(answer.status).toBe(500);
      expect(app.logger.lines.slice(from).join('\n')).toContain('{ rawBody: true }');
      await plain.stop();
    },
  );

  it('should inject what is registered with the module alone into its factory [A4]', async () => {
    class Settings {
      readonly lang = 'it';
    }
    const other = await startFlowApp({
      adapter,
      like: app,
      register: (given) => [
        ConnectionsModule.forRootAsync({
          inject: [Settings],
          extraProviders: [Settings],
          useFactory: ({ lang }: Settings) => ({ ...given, lang }),
        }),
      ],
    });
    const started = await other.app.get(ConnectionsService, { strict: false }).start('ann');
    expect(new URL(started.url).pathname).toContain('/it/');
    await other.stop();
  });

  it('should issue tokens for webhooks to the client alone [A11]', async () => {
    const other = await startFlowApp({
      adapter: `${adapter} with own routes`,
      like: app,
      options: { webhooks: { auth: { type: 'oauth', ...CLIENT } } },
    });
    const service = other.app.get(HostRoutesService, { strict: false });
    const request = { ...CLIENT, grantType: 'client_credentials' };
    expect(service.issueWebhookToken(request)).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    expect(() => service.issueWebhookToken({ ...request, clientSecret: 'x' })).toThrow('Powens sent it');
    await other.stop();
  });
});
