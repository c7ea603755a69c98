import { ReconciliationService, type ReconciliationOutcome } from 'nestjs-powens-connections';
import { afterEach, describe, expect, it } from 'vitest';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { admin, connected, connectionsOf, eventOf, setState } from '../../helpers/flow/lifecycle.js';
import { clearFaults, plant, sql } from '../../helpers/flow/observe.js';
import { start, visitWebview } from '../../helpers/flow/person.js';
import { anotherConnection, deleteConnectionAtPowens, eventTypes } from '../../helpers/flow/reconciling.js';
import { failureOf, revokeAtPowens } from '../../helpers/upstream/upstream.js';

const NOTHING_NEW: ReconciliationOutcome = {
  result: 'compared',
  added: 0,
  changed: 0,
  removed: 0,
  missing: 0,
  tokenRenewed: false,
};

describe('the comparison of one account [G12]', () => {
  let app: FlowApp;

  useFlowApp(
    {
      options: {
        lifecycle: { sweepIntervalMs: 300 },
        losses: { confirmAfterHours: 0.0000001 },
      },
    },
    (opened) => {
      app = opened;
    },
  );

  afterEach(async () => {
    await clearFaults(app);
  });

  const reconcile = async (owner: string): Promise<ReconciliationOutcome> =>
    app.app.get(ReconciliationService).reconcile(owner);

  it('should find nothing where nothing was missed, and tell nothing', async () => {
    await connected(app, 'ann');
    await eventOf(app, 'ann', 'connection.created');
    const before = app.events.length;
    expect(await reconcile('ann')).toEqual(NOTHING_NEW);
    expect(app.events.length).toBe(before);
  });

  it('should tell what was missed: a state, a recovery, a synchronisation', async () => {
    const { browser, connection } = await connected(app, 'bob');
    await setState(app, connection, 'wrongpass');
    expect(await reconcile('bob')).toEqual({ ...NOTHING_NEW, changed: 1 });
    expect(await eventOf(app, 'bob', 'connection.action_required')).toMatchObject({
      connectionId: connection.id,
      data: { state: 'wrongpass', requiredAction: 'reconnect', previousState: null },
    });
    expect((await connectionsOf(browser))[0]).toMatchObject({ state: 'wrongpass' });

    await setState(app, connection, null);
    const lastUpdate = new Date(Date.now() + 60_000).toISOString();
    await admin(app, `connections/${connection.powensConnectionId}`, { lastUpdate });
    expect(await reconcile('bob')).toEqual({ ...NOTHING_NEW, changed: 1 });
    await eventOf(app, 'bob', 'connection.recovered');
    await eventOf(app, 'bob', 'connection.synced');
    expect(await reconcile('bob')).toEqual(NOTHING_NEW);
    expect(eventTypes(app, 'bob').filter((type) => type === 'connection.action_required')).toHaveLength(1);
  });

  it('should take over the end of a consent', async () => {
    const { browser, connection } = await connected(app, 'ben');
    const accessExpire = '2030-01-02T03:04:05.000Z';
    await admin(app, `connections/${connection.powensConnectionId}`, { accessExpire });
    expect(await reconcile('ben')).toEqual({ ...NOTHING_NEW, changed: 1 });
    expect((await connectionsOf(browser))[0]).toMatchObject({ expiresAt: accessExpire });
  });

  it('should remove a connection that was deleted elsewhere once two looks agree [N1]', async () => {
    const { browser, connection } = await connected(app, 'cat');
    await deleteConnectionAtPowens(app, 'cat', connection.powensConnectionId);
    expect(await reconcile('cat')).toEqual({ ...NOTHING_NEW, missing: 1 });
    expect(await connectionsOf(browser)).toHaveLength(1);
    expect(await reconcile('cat')).toEqual({ ...NOTHING_NEW, removed: 1 });
    expect(await connectionsOf(browser)).toEqual([]);
    expect(await eventOf(app, 'cat', 'connection.deleted')).toMatchObject({
      connectionId: connection.id,
      data: { reason: 'gone_at_powens' },
    });
  });

  it('should take in an unknown connection as unconfirmed, keep it up to date in silence, and see it go [OA-31]', async () => {
    const { browser } = await connected(app, 'dan');
    const unknown = await anotherConnection(app, browser);
    expect(await reconcile('dan')).toEqual({ ...NOTHING_NEW, added: 1 });
    expect(await eventOf(app, 'dan', 'connection.unconfirmed')).toMatchObject({
      powensConnectionId: unknown,
    });
    expect(await connectionsOf(browser)).toHaveLength(1);
    expect(await reconcile('dan')).toEqual(NOTHING_NEW);

    await admin(app, `connections/${unknown}`, { state: 'wrongpass' });
    expect(await reconcile('dan')).toEqual({ ...NOTHING_NEW, changed: 1 });
    const rows = await sql(
      app,
      'SELECT status, state FROM powens_connection WHERE powens_connection_id = $1',
      [unknown],
    );
    expect(rows).toEqual([{ status: 'unconfirmed', state: 'wrongpass' }]);
    await deleteConnectionAtPowens(app, 'dan', unknown);
    expect(await reconcile('dan')).toEqual({ ...NOTHING_NEW, missing: 1 });
    expect(await reconcile('dan')).toEqual({ ...NOTHING_NEW, removed: 1 });
    expect(await eventOf(app, 'dan', 'connection.deleted')).toMatchObject({
      powensConnectionId: unknown,
      data: { reason: 'gone_at_powens' },
    });
    expect(eventTypes(app, 'dan')).not.toContain('connection.action_required');
  });

  it('should leave an unknown connection alone while its callback may be on its way', async () => {
    const { browser } = await connected(app, 'dot');
    const { url } = await start(browser);
    const callback = await visitWebview(app, url);
    expect(await reconcile('dot')).toEqual(NOTHING_NEW);
    expect((await browser.get(callback)).status).toBe(303);
    expect(await connectionsOf(browser)).toHaveLength(2);
    expect(eventTypes(app, 'dot')).not.toContain('connection.unconfirmed');
  });

  it('should not take a connection for new that is being deleted', async () => {
    const { browser, connection } = await connected(app, 'dee');
    await plant(app, {
      kind: 'status',
      status: 503,
      method: 'DELETE',
      path: '/users/me/connections/*',
      times: 3,
    });
    await browser.send('DELETE', `/connections/${connection.id}`, {});
    expect(await reconcile('dee')).toEqual(NOTHING_NEW);
    expect(eventTypes(app, 'dee')).not.toContain('connection.unconfirmed');
  });

  it('should renew a token that Powens no longer takes, and compare with the new one', async () => {
    const { connection } = await connected(app, 'eve');
    await revokeAtPowens(app, 'eve');
    await setState(app, connection, 'actionNeeded');
    expect(await reconcile('eve')).toEqual({ ...NOTHING_NEW, changed: 1, tokenRenewed: true });
    expect(await reconcile('eve')).toEqual(NOTHING_NEW);
  });

  it('should refuse an owner without a token, and tell of a provider that is away', async () => {
    expect(await failureOf(reconcile('nobody'))).toMatchObject({ code: 'not_connected' });
    await connected(app, 'ida');
    await plant(app, { kind: 'reset', path: '/users/me/connections', times: 9 });
    expect(await failureOf(reconcile('ida'))).toMatchObject({ code: 'powens_timeout' });
  });

  it('should add it up', () => {
    const { accounts, lastAt, ...figures } = app.app.get(ReconciliationService).report();
    expect(accounts).toBeGreaterThan(10);
    expect(Date.parse(lastAt ?? '')).toBeLessThanOrEqual(Date.now());
    expect(figures).toEqual({
      added: 1,
      changed: 5,
      removed: 2,
      missing: 2,
      tokensRenewed: 1,
      tokensRevoked: 0,
      usersGone: 0,
      failures: 0,
      orphans: { checked: false, reason: 'no_users_token' },
    });
  });
});
