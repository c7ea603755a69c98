import {
  ConnectionsError,
  ReconciliationService,
  type ReconciliationOutcome,
} from 'nestjs-powens-connections';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../helpers/flow/flow-app.js';
import { connected, connectionsOf, eventOf, liveTokens } from '../helpers/flow/lifecycle.js';
import { clearFaults, outbound, plant, returning, sql } from '../helpers/flow/observe.js';
import { connect, visitWebview } from '../helpers/flow/person.js';
import {
  deleteUserAtPowens,
  eventTypes,
  importedOwner,
  powensUserIdOf,
} from '../helpers/flow/reconciling.js';
import { clearTokenOf, failureOf, revokeAtPowens } from '../helpers/flow/upstream.js';

const NOTHING_NEW: ReconciliationOutcome = {
  result: 'compared',
  added: 0,
  changed: 0,
  removed: 0,
  tokenRenewed: false,
};

describe('an account that Powens no longer lets us read', () => {
  let app: FlowApp;

  beforeAll(async () => {
    app = await startFlowApp({ options: { lifecycle: { sweepIntervalMs: 300, leaseSeconds: 5 } } });
  });

  afterEach(async () => {
    await clearFaults(app);
  });

  afterAll(async () => {
    await app.close();
  });

  const reconcile = async (owner: string): Promise<ReconciliationOutcome> =>
    app.app.get(ReconciliationService).reconcile(owner);

  it('should hold no dead token as a living one, ask for a reconnect once, and let it repair everything [TC-26]', async () => {
    const { browser, connection } = await importedOwner(app, 'fay');
    await revokeAtPowens(app, 'fay');
    expect(await reconcile('fay')).toEqual({ ...NOTHING_NEW, result: 'token_revoked' });
    expect(liveTokens(app, await powensUserIdOf(app, 'fay'))).toEqual([]);
    expect(
      await sql(app, `SELECT status, sealed_token, key_id FROM powens_user WHERE owner_id = 'fay'`),
    ).toEqual([{ status: 'revoked', sealed_token: null, key_id: null }]);
    expect(await eventOf(app, 'fay', 'connection.action_required')).toMatchObject({
      connectionId: connection.id,
      data: { requiredAction: 'reconnect', reason: 'token_revoked' },
    });
    expect(await failureOf(reconcile('fay'))).toMatchObject({ code: 'not_connected' });
    expect(await failureOf(clearTokenOf(app, 'fay'))).toMatchObject({ code: 'not_connected' });

    const answer = await browser.post(`/connections/${connection.id}/reconnect`);
    expect(answer.status).toBe(201);
    const landed = await browser.get(await visitWebview(app, answer.json<{ url: string }>().url));
    expect(landed.status).toBe(303);
    expect(await reconcile('fay')).toEqual(NOTHING_NEW);
    expect(eventTypes(app, 'fay').filter((type) => type === 'connection.action_required')).toHaveLength(1);
  });

  it('should erase the owner whose Powens user is gone, and delete nothing at Powens', async () => {
    const { browser } = await connected(app, 'gus');
    const at = await returning(app, 'gus');
    await deleteUserAtPowens(app, 'gus');
    const calls = outbound(app).length;
    expect(await reconcile('gus')).toEqual({ ...NOTHING_NEW, result: 'user_gone' });
    await eventOf(app, 'gus', 'user.deleted');
    expect(await connectionsOf(browser)).toEqual([]);
    for (const table of ['powens_user', 'powens_connection', 'powens_attempt']) {
      expect(await sql(app, `SELECT 1 FROM ${table} WHERE owner_id = 'gus'`)).toEqual([]);
    }
    expect(
      outbound(app)
        .slice(calls)
        .map(({ method }) => method),
    ).not.toContain('DELETE');
    expect((await at.browser.get(at.callback)).status).toBe(400);
    expect((await connect(app, browser)).landed.status).toBe(303);
  });

  it('should erase an owner, too, when Powens does not find the user of a token', async () => {
    await connected(app, 'gia');
    const notFound = { kind: 'status', status: 404 } as const;
    await plant(app, { ...notFound, path: '/users/me/connections', times: 1 });
    expect(await failureOf(reconcile('gia'))).toMatchObject({ code: 'powens_refused' });
    await plant(app, { ...notFound, path: '/users/me/connections' }, { ...notFound, path: '/users/me' });
    expect(await reconcile('gia')).toEqual({ ...NOTHING_NEW, result: 'user_gone' });
  });

  it('should erase an owner, too, whose token may not be renewed', async () => {
    await importedOwner(app, 'gwen');
    await deleteUserAtPowens(app, 'gwen');
    expect(await reconcile('gwen')).toEqual({ ...NOTHING_NEW, result: 'user_gone' });
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

  it('should stop erasing when every user seems to be gone', async () => {
    const owners = ['h0', 'h1', 'h2', 'h3', 'h4'];
    for (const owner of owners) await connected(app, owner);
    await connected(app, 'ann');
    await reconcile('ann');
    await plant(
      app,
      { kind: 'status', status: 401, path: '/users/me/connections', times: 50 },
      { kind: 'status', status: 404, path: '/auth/renew', times: 50 },
    );
    const results: unknown[] = [];
    for (const owner of owners) {
      results.push(await resultOf(reconcile(owner)));
    }
    expect(results).toEqual(['user_gone', 'user_gone', 'user_gone', 'powens_refused', 'powens_refused']);
    expect(app.logger.lines.at(-1)).toContain('Check powens.domain');
    await clearFaults(app);
    expect(await reconcile('h4')).toEqual(NOTHING_NEW);
  });
});

async function resultOf(outcome: Promise<ReconciliationOutcome>): Promise<string> {
  try {
    return (await outcome).result;
  } catch (error) {
    return error instanceof ConnectionsError ? error.code : 'another error';
  }
}
