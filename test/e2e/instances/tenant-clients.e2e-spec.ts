import { ConnectionsService, ReconciliationService, type TenantSettings } from 'nestjs-powens-connections';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerSecret } from '../../helpers/canary/collector.js';
import { Browser } from '../../helpers/flow/browser.js';
import { startFlowApp } from '../../helpers/flow/flow-app.js';
import { attemptOf, exchanges, outbound, returning } from '../../helpers/flow/observe.js';
import { connect, start, visitWebview } from '../../helpers/flow/person.js';
import { ownerOf, useTenantsApp } from '../../helpers/instances/tenants-app.js';
import { failureOf } from '../../helpers/upstream/upstream.js';

const ACME = { clientId: '7001', clientSecret: 'made-up-client-secret-of-acme' };
const GLOBEX = { clientId: '7002', clientSecret: 'made-up-client-secret-of-globex' };

describe('tenants with a client application of their own', () => {
  const tenants = useTenantsApp();
  let callbackOfAcme: string;

  /** Registers a client application at the sandbox, or gives a known one another secret. */
  const register = async (client: object): Promise<void> => {
    const response = await fetch(`${tenants.app.sandbox.url}/sandbox/clients`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(client),
    });
    expect(response.status).toBe(201);
  };

  const clientIn = (url: string): { clientId: string | null; redirectUri: string | null } => {
    const { searchParams } = new URL(url);
    return { clientId: searchParams.get('client_id'), redirectUri: searchParams.get('redirect_uri') };
  };

  beforeAll(() => {
    registerSecret('client secret', ACME.clientSecret);
    registerSecret('client secret', GLOBEX.clientSecret);
    // The same application, by another host name.
    callbackOfAcme = `${tenants.app.url.replace('localhost', '127.0.0.1')}/connections/callback`;
  });

  beforeEach(async () => {
    await register({ ...ACME, redirectUris: [callbackOfAcme] });
    await register({ ...GLOBEX, redirectUris: [`${tenants.app.url}/connections/callback`] });
    const settings: Record<string, TenantSettings> = {
      acme: { ...tenants.given.acme, powens: ACME, redirectUri: callbackOfAcme },
      globex: { ...tenants.given.globex, powens: GLOBEX },
      plain: tenants.given.plain,
    };
    tenants.keys = settings;
  });

  const acmeBrowser = (name: string): Browser => new Browser(new URL(callbackOfAcme).origin, `acme/${name}`);

  it('should open the webview of each tenant for its own client and redirect URI, and exchange with its secret [K2]', async () => {
    const own = `${tenants.app.url}/connections/callback`;
    const acme = acmeBrowser('first');
    const before = exchanges(tenants.app);
    for (const [browser, client] of [
      [acme, { clientId: ACME.clientId, redirectUri: callbackOfAcme }],
      [tenants.someone('globex'), { clientId: GLOBEX.clientId, redirectUri: own }],
      [tenants.someone('plain'), { clientId: tenants.app.sandbox.client.clientId, redirectUri: own }],
      [tenants.someone(''), { clientId: tenants.app.sandbox.client.clientId, redirectUri: own }],
    ] as const) {
      const { started, landed } = await connect(tenants.app, browser);
      expect(clientIn(started.url)).toEqual(client);
      expect(landed.status).toBe(303);
      expect((await attemptOf(browser, started.attemptId)).status).toBe('connected');
    }
    expect(exchanges(tenants.app)).toBe(before + 4);
    const manage = await acme.post('/connections/manage');
    expect(clientIn(manage.json<{ url: string }>().url)).toEqual({
      clientId: ACME.clientId,
      redirectUri: callbackOfAcme,
    });
  });

  it('should make and renew tokens with the secret of the tenant alone [K2]', async () => {
    const serverFirst = await startFlowApp({
      like: tenants.app,
      options: { ...tenants.options, provisioning: 'server-first' },
    });
    const [acme, globex] = [
      new Browser(serverFirst.url, 'acme/server-first'),
      new Browser(serverFirst.url, 'globex/server-first'),
    ];
    // The secret is changed at Powens first: nothing of this tenant is made, and all of the other.
    await register({ ...ACME, clientSecret: 'made-up-and-newer' });
    expect((await acme.post('/connections/connect')).status).toBe(502);
    expect((await globex.post('/connections/connect')).status).toBe(201);
    tenants.keys['acme'] = {
      ...tenants.given.acme,
      powens: { ...ACME, clientSecret: 'made-up-and-newer' },
      redirectUri: callbackOfAcme,
    };
    expect((await acme.post('/connections/connect')).status).toBe(201);
    await serverFirst.stop();

    const connected = acmeBrowser('renewed');
    expect((await connect(tenants.app, connected)).landed.status).toBe(303);
    const renew = async (): Promise<void> =>
      tenants.app.app.get(ConnectionsService).renewToken(ownerOf(connected));
    await renew();
    await register(ACME);
    const error = await failureOf(renew());
    expect(error).toMatchObject({ name: 'PowensApiError' });
    expect(String(error)).not.toContain('made-up');
    expect(await tenants.use(connected)).toBe('used');
  });

  it('should give a share link the host of the tenant, where start and callback share the binding cookie [K2, B12]', async () => {
    const acme = acmeBrowser('linked');
    const { url } = (await acme.post('/connections/links')).json<{ url: string }>();
    const { origin, pathname, search } = new URL(url);
    expect(origin).toBe(new URL(callbackOfAcme).origin);
    const opened = await acme.send('POST', `${pathname}${search}`, {});
    const callback = await visitWebview(tenants.app, opened.json<{ url: string }>().url);
    expect((await acme.get(callback)).status).toBe(303);
    const globex = (await tenants.someone('globex').post('/connections/links')).json<{ url: string }>();
    expect(new URL(globex.url).origin).toBe(tenants.app.url);
  });

  it('should lose nothing of a callback while the host cannot give the client [K2]', async () => {
    const { browser, started, callback } = await returning(tenants.app, 'globex/waiting');
    const before = exchanges(tenants.app);
    for (const away of [
      new Error('away'),
      { ...tenants.given.globex, powens: { clientId: GLOBEX.clientId, clientSecret: '' } },
    ]) {
      tenants.keys['globex'] = away;
      const answer = await browser.get(callback);
      expect(answer.status).toBe(503);
      expect(answer.json()).toMatchObject({ code: 'tenant_unavailable' });
    }
    expect(exchanges(tenants.app)).toBe(before);
    tenants.keys['globex'] = { ...tenants.given.globex, powens: GLOBEX };
    await expect
      .poll(
        async () => {
          await browser.get(callback);
          return (await attemptOf(browser, started.attemptId)).status;
        },
        { timeout: 60_000, interval: 200 },
      )
      .toBe('connected');
    expect(exchanges(tenants.app)).toBe(before + 1);
  });

  it('should end an attempt whose client changed on the way, and store nothing of it [K2]', async () => {
    const browser = tenants.someone('globex');
    const { attemptId, url } = await start(browser);
    const callback = await visitWebview(tenants.app, url);
    tenants.keys['globex'] = { ...tenants.given.globex, powens: null };
    await browser.get(callback);
    expect(await attemptOf(browser, attemptId)).toMatchObject({ status: 'failed', error: 'code_refused' });
    expect((await connect(tenants.app, browser)).landed.status).toBe(303);
  });

  it('should shred one tenant: its owner is erased at Powens, and no other tenant notices [K2, K3]', async () => {
    const [acme, globex] = [acmeBrowser('shredded'), tenants.someone('globex')];
    expect((await connect(tenants.app, acme)).landed.status).toBe(303);
    expect((await connect(tenants.app, globex)).landed.status).toBe(303);
    const [row, others] = [await tenants.rowOf(acme), await tenants.everythingOf(globex)];
    tenants.keys['acme'] = null;
    expect((await acme.post('/connections/connect')).json()).toMatchObject({ code: 'key_unavailable' });
    expect(await failureOf(tenants.use(acme))).toMatchObject({ code: 'key_unavailable' });
    expect((await acme.send('DELETE', '/connections/me', {})).status).toBe(204);
    const user = tenants.app.sandbox.ledger().users.find(({ id }) => String(id) === row.powens_user_id);
    expect(user?.deleted ?? true).toBe(true);
    expect(await tenants.use(globex)).toBe('used');
    await tenants.app.app.get(ReconciliationService).reconcile(ownerOf(globex));
    expect(await tenants.everythingOf(globex)).toEqual(others);
    expect(outbound(tenants.app).every(({ path }) => !path.includes(ACME.clientSecret))).toBe(true);
  });
});
