import { PowensService, ReconciliationService, type ReconciliationOutcome } from 'nestjs-powens-connections';
import { afterEach, describe, expect, it } from 'vitest';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { connected, connectionsOf, eventOf, liveTokens } from '../../helpers/flow/lifecycle.js';
import { clearFaults, outbound, plant, returning, sql } from '../../helpers/flow/observe.js';
import { connect, visitWebview } from '../../helpers/flow/person.js';
import {
  deleteUserAtPowens,
  eventTypes,
  importedOwner,
  powensUserIdOf,
} from '../../helpers/flow/reconciling.js';
import { clearTokenOf, failureOf, revokeAtPowens } from '../../helpers/upstream/upstream.js';

const NOTHING_NEW: ReconciliationOutcome = {
  result: 'compared',
  added: 0,
  changed: 0,
  removed: 0,
  missing: 0,
  tokenRenewed: false,
};

/** The second look counts at once. */
const SOON = { confirmAfterHours: 0.0000001 };

describe('an account that Powens no longer lets us read', () => {
  let app: FlowApp;

  useFlowApp(
    {
      options: {
        lifecycle: { sweepIntervalMs: 300 },
        losses: { ...SOON, maxPerDay: 100 },
        reconciliation: { enabled: false, usersPerMinute: 6000 },
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

  /** Two looks: the first one changes nothing. */
  const reconcileTwice = async (owner: string): Promise<ReconciliationOutcome> => {
    const before = app.events.length;
    expect(await reconcile(owner)).toEqual({ ...NOTHING_NEW, result: 'suspected' });
    expect(app.events.slice(before).filter(({ ownerId }) => ownerId === owner)).toEqual([]);
    return reconcile(owner);
  };

  it('should hold no dead token as a living one, ask for a reconnect once, and let it repair everything [TC-26, N5]', async () => {
    const { browser, connection } = await importedOwner(app, 'fay');
    await revokeAtPowens(app, 'fay');
    expect(await reconcileTwice('fay')).toEqual({ ...NOTHING_NEW, result: 'token_revoked' });
    expect(liveTokens(app, await powensUserIdOf(app, 'fay'))).toEqual([]);
    expect(
      await sql(
        app,
        `SELECT status, status_reason, sealed_token IS NOT NULL AS kept FROM powens_user WHERE owner_id = 'fay'`,
      ),
    ).toEqual([{ status: 'revoked', status_reason: 'token_lost', kept: true }]);
    expect(await eventOf(app, 'fay', 'connection.action_required')).toMatchObject({
      connectionId: connection.id,
      data: { requiredAction: 'reconnect', reason: 'token_revoked' },
    });
    expect(await reconcile('fay')).toEqual({ ...NOTHING_NEW, result: 'token_revoked' });
    expect(await failureOf(clearTokenOf(app, 'fay'))).toMatchObject({ code: 'not_connected' });

    const answer = await browser.post(`/connections/${connection.id}/reconnect`);
    expect(answer.status).toBe(201);
    const landed = await browser.get(await visitWebview(app, answer.json<{ url: string }>().url));
    expect(landed.status).toBe(303);
    expect(await reconcile('fay')).toEqual(NOTHING_NEW);
    expect(eventTypes(app, 'fay').filter((type) => type === 'connection.action_required')).toHaveLength(1);
  });

  it('should take out of use the owner whose Powens user is gone, and delete nothing at Powens [N4, N5]', async () => {
    const { browser } = await connected(app, 'gus');
    const at = await returning(app, 'gus');
    await deleteUserAtPowens(app, 'gus');
    const calls = outbound(app).length;
    expect(await reconcileTwice('gus')).toEqual({ ...NOTHING_NEW, result: 'user_gone' });
    await eventOf(app, 'gus', 'user.deleted');
    expect(await connectionsOf(browser)).toEqual([]);
    expect(await sql(app, `SELECT status FROM powens_user WHERE owner_id = 'gus'`)).toEqual([
      { status: 'lost' },
    ]);
    expect(
      await sql(app, `SELECT status, removal_reason FROM powens_connection WHERE owner_id = 'gus'`),
    ).toEqual([{ status: 'gone', removal_reason: 'user_gone' }]);
    expect(await sql(app, `SELECT 1 FROM powens_attempt WHERE owner_id = 'gus'`)).toEqual([]);
    expect(
      outbound(app)
        .slice(calls)
        .map(({ method }) => method),
    ).not.toContain('DELETE');
    expect((await at.browser.get(at.callback)).status).toBe(400);
    expect((await connect(app, browser)).landed.status).toBe(303);
  });

  it('should do so, too, when Powens does not find the user of a token', async () => {
    await connected(app, 'gia');
    const notFound = { kind: 'status', status: 404 } as const;
    await plant(app, { ...notFound, path: '/users/me/connections', times: 1 });
    expect(await failureOf(reconcile('gia'))).toMatchObject({ code: 'powens_refused' });
    const twice = { ...notFound, times: 2 };
    await plant(app, { ...twice, path: '/users/me/connections' }, { ...twice, path: '/users/me' });
    expect(await reconcileTwice('gia')).toEqual({ ...NOTHING_NEW, result: 'user_gone' });
    expect(await reconcile('gia')).toEqual({ ...NOTHING_NEW, changed: 1 });
    await eventOf(app, 'gia', 'connection.recovered');
  });

  it('should do so, too, with an owner whose token may not be renewed', async () => {
    await importedOwner(app, 'gwen');
    await deleteUserAtPowens(app, 'gwen');
    expect(await reconcileTwice('gwen')).toEqual({ ...NOTHING_NEW, result: 'user_gone' });
    await eventOf(app, 'gwen', 'user.deleted');
  });

  it('should believe nobody but Powens that a user is gone', async () => {
    await connected(app, 'gil');
    const page = { kind: 'status', status: 404, body: '<h1>Not found</h1>', times: 9 } as const;
    await plant(app, { ...page, path: '/users/me/connections' }, { ...page, path: '/users/me' });
    expect(await failureOf(reconcile('gil'))).toMatchObject({ code: 'powens_refused' });
    await clearFaults(app);
    await plant(app, { kind: 'status', status: 401, path: '/users/me/connections', times: 9 });
    await plant(app, { ...page, path: '/auth/renew' });
    expect(await failureOf(reconcile('gil'))).toMatchObject({ code: 'powens_refused' });
    await clearFaults(app);
    expect(await reconcile('gil')).toEqual(NOTHING_NEW);
  });

  it('should let an owner who disconnected since stay so, although the token is kept until the second look [TC-26]', async () => {
    await connected(app, 'hal');
    await revokeAtPowens(app, 'hal');
    const all = app.app.get(ReconciliationService);
    const first = await all.reconcileAll({ renewTokens: false });
    expect(first).toMatchObject({ tokensRevoked: 0, missing: 1 });
    // A regular comparison, and a call of the application, must not renew what is in doubt.
    expect(await failureOf(clearCallOf(app, 'hal'))).toMatchObject({ code: 'needs_reauth' });
    expect(await reconcile('hal')).toEqual({ ...NOTHING_NEW, result: 'token_revoked' });
    expect(liveTokens(app, await powensUserIdOf(app, 'hal'))).toEqual([]);
  });
});

/** A call of the application with an owner's token, which is renewed by itself where that is allowed. */
async function clearCallOf(app: FlowApp, owner: string): Promise<unknown> {
  return app.app.get(PowensService).forOwner(owner).accounts();
}
