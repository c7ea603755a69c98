import { KeyRotationService, ReconciliationService } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import { registerSecret } from '../../helpers/canary/collector.js';
import { madeUpKey } from '../../helpers/envelope.js';
import { startFlowApp } from '../../helpers/flow/flow-app.js';
import { outbound } from '../../helpers/flow/observe.js';
import { openLikeTheDocumentation } from '../../helpers/instances/opened-envelope.js';
import { ownerOf, useTenantsApp } from '../../helpers/instances/tenants-app.js';
import { failureOf } from '../../helpers/upstream/upstream.js';

describe('tenants with keys of their own', () => {
  const tenants = useTenantsApp();

  it('should seal a token with the key of its tenant inside that of the application [K3]', async () => {
    for (const [tenant, key] of [
      ['acme', tenants.given.acme.keys],
      ['globex', tenants.given.globex.keys],
    ] as const) {
      const row = await tenants.rowOf(await tenants.connected(tenant));
      const content = tenants.outerOf(row);
      expect(content).toMatch(new RegExp(`^tenant:cx1\\.a256gcm\\.${tenant.charAt(0)}1\\.`));
      expect(tenants.isIssued(content)).toBe(false);
      const envelope = content.slice('tenant:'.length);
      const token = openLikeTheDocumentation(envelope, { purpose: 'tenant-token', row }, key);
      registerSecret('access token', token);
      expect(tenants.isIssued(token)).toBe(true);
      const foreign = tenant === 'acme' ? tenants.given.globex.keys : tenants.given.acme.keys;
      expect(() => openLikeTheDocumentation(envelope, { purpose: 'tenant-token', row }, foreign)).toThrow();
    }
  });

  it('should seal with the keys of the application where an owner has no tenant, or the tenant no keys [K3]', async () => {
    const without = await tenants.connected('');
    expect(tenants.asked).toEqual([]);
    for (const browser of [without, await tenants.connected('plain')]) {
      const token = tenants.outerOf(await tenants.rowOf(browser));
      registerSecret('access token', token);
      expect(tenants.isIssued(token)).toBe(true);
      expect(await tenants.use(browser)).toBe('used');
    }
  });

  it.each([
    ['removed', null],
    ['given another key', { keys: madeUpKey('a2') }],
    ['left with the keys of the application', { keys: null }],
  ])('should read no token of a tenant that is %s, and all of the others [K3]', async (_, now) => {
    const [acme, globex, plain] = [
      await tenants.connected('acme'),
      await tenants.connected('globex'),
      await tenants.connected('plain'),
    ];
    const before = await tenants.everythingOf(acme);
    tenants.keys['acme'] = now;
    const calls = outbound(tenants.app).length;
    expect(await failureOf(tenants.use(acme))).toMatchObject({
      name: 'CustodyError',
      code: 'key_unavailable',
    });
    const reconnect = await acme.post('/connections/manage');
    expect(reconnect.status).toBe(503);
    expect(reconnect.json()).toMatchObject({ code: 'key_unavailable' });
    expect(outbound(tenants.app)).toHaveLength(calls);
    for (const browser of [globex, plain]) {
      expect(await tenants.use(browser)).toBe('used');
      expect((await browser.post('/connections/manage')).status).toBe(201);
    }
    expect(await tenants.everythingOf(acme)).toEqual(before);
    tenants.keys['acme'] = tenants.given.acme;
    expect(await tenants.use(acme)).toBe('used');
  });

  it('should go on with the other tenants in the background, and take nothing of it for a loss [K3]', async () => {
    const [acme, globex] = [await tenants.connected('acme'), await tenants.connected('globex')];
    const before = await tenants.everythingOf(acme);
    for (const gone of [null, new Error('away')]) {
      tenants.keys['acme'] = gone;
      const reconciliation = tenants.app.app.get(ReconciliationService);
      expect(await failureOf(reconciliation.reconcile(ownerOf(acme)))).toMatchObject({
        code: gone === null ? 'key_unavailable' : 'tenant_unavailable',
      });
      expect(await reconciliation.reconcile(ownerOf(globex))).toBeDefined();
      expect(await tenants.everythingOf(acme)).toEqual(before);
    }
  });

  it('should still erase an owner at Powens whose token nothing can read [K3]', async () => {
    const acme = await tenants.connected('acme');
    const { powens_user_id: powensUserId } = await tenants.rowOf(acme);
    tenants.keys['acme'] = null;
    expect((await acme.send('DELETE', '/connections/me', {})).status).toBe(204);
    const user = tenants.app.sandbox.ledger().users.find(({ id }) => String(id) === powensUserId);
    expect(user?.deleted ?? true).toBe(true);
  });

  it('should ask the host once for requests that come together, and not again within the time [K2]', async () => {
    const cached = await startFlowApp({
      like: tenants.app,
      options: { ...tenants.options, tenants: { ...tenants.options.tenants, cache: { ttlSeconds: 3600 } } },
    });
    const browser = await tenants.connected('acme', cached);
    tenants.asked = [];
    const other = await tenants.connected('globex', cached);
    expect(tenants.asked).toEqual(['globex']);
    await Promise.all([browser, other].map(async (one) => one.post('/connections/manage')));
    expect(tenants.asked).toEqual(['globex']);
    await cached.stop();
  });

  // The last one: it leaves rows that the ring of the others cannot open.
  it('should keep the layer of the tenant when the keys of the application are rotated [K3]', async () => {
    const acme = await tenants.connected('acme');
    const before = tenants.outerOf(await tenants.rowOf(acme));
    const ring = [madeUpKey('k9'), tenants.app.keys];
    tenants.keys['acme'] = null;
    const rotating = await startFlowApp({ like: tenants.app, options: { ...tenants.options, keys: ring } });
    expect(await rotating.app.get(KeyRotationService).rotate()).toMatchObject({ unreadable: 0, left: 0 });
    const row = await tenants.rowOf(acme);
    const [fresh = ''] = ring;
    expect(tenants.outerOf(row, fresh)).toBe(before);
    tenants.keys['acme'] = tenants.given.acme;
    expect(await tenants.use(acme, rotating)).toBe('used');
    await rotating.stop();
  });
});
