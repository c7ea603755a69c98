import { ConnectionsService, TokenImportService } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import { madeUpKey } from '../../helpers/envelope.js';
import { startFlowApp } from '../../helpers/flow/flow-app.js';
import { advance, connectionsOf } from '../../helpers/flow/lifecycle.js';
import { attemptOf, exchanges, outbound, sql } from '../../helpers/flow/observe.js';
import { connect, start, until, visitWebview } from '../../helpers/flow/person.js';
import { ownerOf, useTenantsApp } from '../../helpers/instances/tenants-app.js';
import { failureOf } from '../../helpers/upstream/upstream.js';

describe('a tenant whose keys the host cannot give', () => {
  const tenants = useTenantsApp();

  it('should answer 503 while the host cannot give the keys, and exchange the code once it can [K2, K3]', async () => {
    const browser = tenants.someone('acme');
    const { url, attemptId } = await start(browser);
    const callback = await visitWebview(tenants.app, url);
    const before = exchanges(tenants.app);
    tenants.keys['acme'] = new Error('the store of keys is away');
    const refused = await browser.get(callback);
    expect(refused.status).toBe(503);
    expect(refused.json()).toMatchObject({ code: 'tenant_unavailable' });
    expect((await tenants.someone('acme').post('/connections/connect')).json()).toMatchObject({
      code: 'tenant_unavailable',
    });
    expect((await connect(tenants.app, tenants.someone('globex'))).landed.status).toBe(303);
    expect(exchanges(tenants.app)).toBe(before + 1);
    tenants.keys['acme'] = tenants.given.acme;
    await until(async () => {
      await browser.get(callback);
      return (await attemptOf(browser, attemptId)).status === 'connected';
    });
    expect(exchanges(tenants.app)).toBe(before + 2);
    expect(tenants.outerOf(await tenants.rowOf(browser))).toMatch(/^tenant:/);
  });

  it('should not make a Powens user whose token it could not seal [K3]', async () => {
    const second = await startFlowApp({
      like: tenants.app,
      options: { ...tenants.options, provisioning: 'server-first' },
    });
    const users = tenants.app.sandbox.ledger().users.length;
    tenants.keys['acme'] = new Error('away');
    const browser = second.browser('acme/first-start');
    expect((await browser.post('/connections/connect')).status).toBe(503);
    expect(tenants.app.sandbox.ledger().users).toHaveLength(users);
    tenants.keys['acme'] = tenants.given.acme;
    expect((await browser.post('/connections/connect')).status).toBe(201);
    expect(tenants.outerOf(await tenants.rowOf(browser))).toMatch(/^tenant:/);
    await second.stop();
  });

  it('should not renew a token whose successor it could not seal [K3]', async () => {
    const browser = await tenants.connected('acme');
    const row = await tenants.rowOf(browser);
    tenants.keys['acme'] = new Error('away');
    const renew = async (): Promise<unknown> =>
      tenants.app.app.get(ConnectionsService).renewToken(ownerOf(browser));
    const calls = outbound(tenants.app).length;
    expect(await failureOf(renew())).toMatchObject({ code: 'tenant_unavailable' });
    expect(outbound(tenants.app)).toHaveLength(calls);
    expect(await tenants.rowOf(browser)).toMatchObject({ sealed_token: row.sealed_token, lease_token: null });
    tenants.keys['acme'] = { keys: madeUpKey('a2') };
    await renew();
    expect(tenants.outerOf(await tenants.rowOf(browser))).toMatch(/^tenant:cx1\.a256gcm\.a2\./);
    expect(await tenants.use(browser)).toBe('used');
  });

  it('should synchronise as soon as the keys are back: nothing was asked of Powens without them', async () => {
    const browser = await tenants.connected('acme');
    const [connection] = await connectionsOf(browser);
    await advance(tenants.app, 120);
    const sync = async (): Promise<number> =>
      (await browser.post(`/connections/${connection?.id}/sync`)).status;
    tenants.keys['acme'] = new Error('away');
    expect(await sync()).toBe(503);
    tenants.keys['acme'] = tenants.given.acme;
    expect(await sync()).toBe(202);
  });

  it('should seal imported tokens for their tenant [K3]', async () => {
    const source = await tenants.rowOf(await tenants.connected(''));
    const token = tenants.outerOf(source);
    await sql(tenants.app, 'DELETE FROM powens_connection WHERE owner_id = $1', [source.owner_id]);
    await sql(tenants.app, 'DELETE FROM powens_user WHERE owner_id = $1', [source.owner_id]);
    const owner = { tenant: 'acme', id: `imported` };
    const importing = async (): Promise<unknown> =>
      tenants.app.app.get(TokenImportService).import([{ owner, token }]);
    tenants.keys['acme'] = new Error('away');
    expect(await importing()).toMatchObject({ imported: 0, failed: [{ code: 'tenant_unavailable' }] });
    tenants.keys['acme'] = tenants.given.acme;
    expect(await importing()).toMatchObject({ imported: 1 });
    expect(await importing()).toMatchObject({ unchanged: 1 });
    expect(tenants.outerOf(await tenants.rowOf(tenants.app.browser(`acme/${owner.id}`)))).toMatch(/^tenant:/);
  });
});
