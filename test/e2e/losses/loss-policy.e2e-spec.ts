import {
  ConnectionsReadiness,
  ReconciliationService,
  type ReconciliationOutcome,
} from 'nestjs-powens-connections';
import { afterEach, describe, expect, it } from 'vitest';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { connected, connectionsOf, eventOf, type Connected } from '../../helpers/flow/lifecycle.js';
import { clearFaults, outbound, plant, sql } from '../../helpers/flow/observe.js';
import { connect, until } from '../../helpers/flow/person.js';
import { hmacWebhooks, inboxEmpty, powensUserOf, push, syncedBody } from '../../helpers/webhooks/pushed.js';
import { closeTab, isAtPowens, toldOf } from '../../helpers/flow/quarantine.js';
import { deleteUserAtPowens, eventTypes } from '../../helpers/flow/reconciling.js';
import { answerWith } from '../../helpers/upstream/upstream.js';

const WEBHOOKS = '/connections/webhooks';
const GONE = { kind: 'status', status: 404, times: 100_000 } as const;
let serial = 680_000;

describe('what an answer of Powens may take away [N1, N4, N5]', () => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;

  useFlowApp(
    {
      options: { ...options, losses: { confirmAfterHours: 0.0000001, maxPerDay: 2 } },
    },
    (opened) => {
      app = opened;
    },
  );

  afterEach(async () => {
    await clearFaults(app);
    await sql(app, 'DELETE FROM powens_loss');
  });

  const service = (): ReconciliationService => app.app.get(ReconciliationService);

  const reconcileTwice = async (owner: string): Promise<ReconciliationOutcome> => {
    await service().reconcile(owner);
    return service().reconcile(owner);
  };

  async function statusOf({ connection }: Connected): Promise<unknown> {
    const [row] = await sql(
      app,
      'SELECT status, removal_reason AS reason FROM powens_connection WHERE id = $1',
      [connection.id],
    );
    return row;
  }

  /** Powens answers with an empty list, and 404 for the connection itself, until the faults are cleared. */
  async function loseConnection(owner: Connected): Promise<void> {
    const path = `/users/me/connections/${owner.connection.powensConnectionId}`;
    await plant(app, { ...GONE, path });
    await answerWith(app, '/users/me/connections', { connections: [] }, { times: 100_000 });
    expect(await reconcileTwice(owner.browser.user ?? '')).toMatchObject({ removed: 1 });
    expect(await statusOf(owner)).toEqual({ status: 'gone', reason: 'gone_at_powens' });
    await clearFaults(app);
  }

  async function send(event: string, owner: Connected): Promise<void> {
    const ids = { ...owner.connection, powensUserId: await powensUserOf(app, owner) };
    const body =
      event === 'connection-synced'
        ? syncedBody(ids, { lastUpdate: '2027-03-14 10:27:40', webhookDataId: (serial += 1) })
        : {
            id: Number(event === 'user-deleted' ? ids.powensUserId : ids.powensConnectionId),
            id_user: Number(ids.powensUserId),
            id_webhook_data: (serial += 1),
          };
    expect((await push(app.url, `${WEBHOOKS}/${event}`, body, { secret })).status).toBe(204);
  }

  it('should stop above the limit, say so once, and go on when a person approves', async () => {
    const owners = ['h0', 'h1', 'h2', 'h3', 'h4'];
    for (const owner of owners) await connected(app, owner);
    await plant(app, { ...GONE, path: '/users/me/connections' }, { ...GONE, path: '/users/me' });
    app.logger.lines.length = 0;
    const results: string[] = [];
    for (const owner of owners) results.push((await reconcileTwice(owner)).result);
    expect(results).toEqual(['user_gone', 'user_gone', 'held', 'held', 'held']);
    expect(app.logger.lines.filter((line) => line.startsWith('error'))).toEqual([
      expect.stringContaining('Check powens.domain'),
    ]);
    expect(await service().listLosses()).toMatchObject(
      ['h2', 'h3', 'h4'].map(() => ({ subject: 'user', status: 'held', connections: 1 })),
    );
    expect(service().report().missing).toBeGreaterThanOrEqual(3);
    const readiness = await app.app.get(ConnectionsReadiness).check();
    expect(readiness).toMatchObject({ ready: true, checks: { losses: false } });

    expect(await service().approveLosses()).toBe(3);
    expect(await service().listLosses()).toEqual([]);
    expect((await app.app.get(ConnectionsReadiness).check()).checks.losses).toBe(true);
    for (const owner of owners) expect(await connectionsOf(app.browser(owner))).toEqual([]);
    expect(app.sandbox.ledger().users.filter(({ deleted }) => deleted)).toEqual([]);

    await clearFaults(app);
    for (const owner of owners) {
      expect(await service().reconcile(owner)).toMatchObject({ result: 'compared', changed: 1 });
      expect(await connectionsOf(app.browser(owner))).toHaveLength(1);
    }
  });

  it('should take a connection into use again under its old id when a webhook reports it', async () => {
    const owner = await connected(app, 'webhook');
    await loseConnection(owner);
    expect(await connectionsOf(owner.browser)).toEqual([]);
    await send('connection-synced', owner);
    await inboxEmpty(app);
    expect(await connectionsOf(owner.browser)).toMatchObject([{ id: owner.connection.id }]);
    expect(await eventOf(app, 'webhook', 'connection.recovered')).toMatchObject({
      connectionId: owner.connection.id,
      data: { reason: 'reappeared' },
    });
    await until(() => eventTypes(app, 'webhook').includes('connection.synced'));
    expect(eventTypes(app, 'webhook')).not.toContain('connection.unconfirmed');
  });

  it('should take a connection into use again under its old id when a callback brings it', async () => {
    const { browser } = await connected(app, 'callback');
    const { callback, powensConnectionId } = await closeTab(app, browser);
    // The quarantine saw it, and it was gone before its callback came.
    await service().reconcile('callback');
    await sql(
      app,
      `UPDATE powens_connection SET status = 'gone', removal_reason = 'gone_at_powens', remove_at = now() + interval '1 day'
       WHERE powens_connection_id = $1`,
      [powensConnectionId],
    );
    const [row] = await sql<{ id: string }>(
      app,
      'SELECT id FROM powens_connection WHERE powens_connection_id = $1',
      [powensConnectionId],
    );
    expect((await browser.get(callback)).status).toBe(303);
    expect((await connectionsOf(browser)).map(({ id }) => id)).toContain(row?.id);
  });

  it('should believe a signed deletion of a connection at once, and remember it: only a look of ours brings it back', async () => {
    const owner = await connected(app, 'signed');
    await send('connection-deleted', owner);
    await inboxEmpty(app);
    expect(await statusOf(owner)).toEqual({ status: 'gone', reason: 'deleted_at_powens' });
    await send('connection-synced', owner);
    await inboxEmpty(app);
    expect(await connectionsOf(owner.browser)).toEqual([]);
    expect(await service().reconcile('signed')).toMatchObject({ changed: 1, added: 0 });
    expect(await connectionsOf(owner.browser)).toMatchObject([{ id: owner.connection.id }]);
    expect(toldOf([app], owner.connection.powensConnectionId)).not.toContain('connection.unconfirmed');
  });

  it('should not believe the deletion of a user on one look, whatever the token says', async () => {
    const owner = await connected(app, 'reported');
    await plant(app, { kind: 'status', status: 401, path: '/users/me', times: 1 });
    await send('user-deleted', owner);
    await inboxEmpty(app);
    expect(await connectionsOf(owner.browser)).toHaveLength(1);
    expect(await service().listLosses()).toMatchObject([{ subject: 'user', status: 'suspected' }]);
    await service().reconcile('reported');
    expect(await service().listLosses()).toEqual([]);

    await plant(app, { kind: 'status', status: 403, body: '<h1>no</h1>', path: '/users/me', times: 1 });
    const refused = (): number => outbound(app).filter(({ status }) => status === 403).length;
    const before = refused();
    await send('user-deleted', owner);
    await until(() => refused() > before);
    expect(await service().listLosses()).toEqual([]);
    expect(await connectionsOf(owner.browser)).toHaveLength(1);
    // It is tried again for a day, since the user answers.
    await sql(app, `DELETE FROM powens_inbox WHERE status = 'pending'`);
  });

  it('should let an owner whose user is gone connect again, and keep the one whose user is not', async () => {
    const gone = await connected(app, 'anew');
    await deleteUserAtPowens(app, 'anew');
    expect(await reconcileTwice('anew')).toMatchObject({ result: 'user_gone' });
    expect((await connect(app, gone.browser)).landed.status).toBe(303);
    expect((await connectionsOf(gone.browser)).map(({ id }) => id)).not.toContain(gone.connection.id);

    const wrong = await connected(app, 'still there');
    const before = await powensUserOf(app, wrong);
    await plant(app, { ...GONE, path: '/users/me/connections' }, { ...GONE, path: '/users/me' });
    expect(await reconcileTwice('still there')).toMatchObject({ result: 'user_gone' });
    await clearFaults(app);
    expect((await connect(app, wrong.browser)).landed.status).toBe(303);
    expect(await powensUserOf(app, wrong)).toBe(before);
    await service().reconcile('still there');
    expect((await connectionsOf(wrong.browser)).map(({ id }) => id)).toContain(wrong.connection.id);
  });

  it('should forget a lost user here alone when its time is over, also after a death in the middle [N4]', async () => {
    const kept: Connected[] = [];
    for (const owner of ['forgotten', 'interrupted']) {
      kept.push(await connected(app, owner));
      await plant(app, { ...GONE, path: '/users/me/connections' }, { ...GONE, path: '/users/me' });
      expect(await reconcileTwice(owner)).toMatchObject({ result: 'user_gone' });
      await clearFaults(app);
    }
    await sql(app, `UPDATE powens_loss SET ended_at = now() - interval '31 days'`);
    await sql(
      app,
      `UPDATE powens_user SET status = 'forgetting', lease_token = gen_random_uuid(), leased_until = now()
       WHERE owner_id = 'interrupted' AND status = 'lost'`,
    );
    await until(async () => {
      const rows = await sql(app, `SELECT 1 FROM powens_user WHERE owner_id IN ('forgotten', 'interrupted')`);
      return rows.length === 0;
    });
    for (const { connection } of kept) expect(isAtPowens(app, connection.powensConnectionId)).toBe(true);
    expect(eventTypes(app, 'interrupted').filter((type) => type === 'user.deleted')).toHaveLength(1);
  });

  it.each([
    ['powens_user', `status = 'erasing', status_reason = 'user_gone'`],
    ['powens_user', `status = 'erasing'`],
    ['powens_user', `status = 'forgetting', status_reason = 'requested'`],
    ['powens_connection', `status = 'deleting', removal_reason = 'gone_at_powens'`],
    ['powens_connection', `status = 'deleting'`],
    ['powens_connection', `status = 'gone', removal_reason = 'requested'`],
  ])('should hold no row of %s that mixes up its reasons: %s [N4]', async (table, change) => {
    await connected(app, `row ${(serial += 1)}`);
    await expect(sql(app, `UPDATE ${table} SET ${change} WHERE status = 'active'`)).rejects.toMatchObject({
      driverError: { code: '23514' },
    });
  });
});
