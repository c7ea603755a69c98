import { WebhookPayloads } from 'nestjs-powens-connections';
import { beforeEach, describe, expect, it } from 'vitest';
import { HOSTS, type FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { connected, connectionsOf, eventOf, setState, type Connected } from '../../helpers/flow/lifecycle.js';
import {
  hmacWebhooks,
  inboxEmpty,
  inboxOf,
  push,
  spaced,
  type PushAnswer,
} from '../../helpers/webhooks/pushed.js';
import { sql } from '../../helpers/flow/observe.js';

let serial = 90_000;

/** More than a JavaScript number holds. */
const HUGE = '9007199254740993';

describe.each(HOSTS)('webhooks on %s', (adapter) => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;
  let owner: Connected;
  let powensUserId: string;

  const send = async (event: string, body: Record<string, unknown>): Promise<PushAnswer> => {
    const text = spaced({ ...body, id_webhook_data: (serial += 1) }).replace(`"${HUGE}"`, HUGE);
    return push(app.url, `/connections/webhooks/${event}`, null, { secret, bytes: Buffer.from(text) });
  };

  const synced = async (lastUpdate: string, state: string | null = null): Promise<PushAnswer> =>
    send('connection-synced', {
      user: { id: Number(powensUserId), signin: '2026-03-14 10:20:01', platform: 'sharedAccess' },
      connection: {
        id: Number(owner.connection.powensConnectionId),
        id_user: Number(powensUserId),
        state,
        last_update: lastUpdate,
        accounts: [
          { id: 5301, name: 'Compte chèques', transactions: [{ id: HUGE, id_account: 5301, value: -16.22 }] },
        ],
      },
    });

  useFlowApp({ adapter, options }, (opened) => {
    app = opened;
  });

  beforeEach(async () => {
    owner = await connected(app, `owner-${(serial += 1)}`);
    const [row] = await sql<{ powens_user_id: string }>(
      app,
      'SELECT powens_user_id FROM powens_user WHERE owner_id = $1',
      [owner.browser.user],
    );
    powensUserId = row?.powens_user_id ?? '';
  });

  it('should keep a signed webhook, answer 204, and tell of what it says once [WH-07]', async () => {
    const answer = await synced('2027-03-14 10:27:40');
    expect([answer.status, answer.text]).toEqual([204, '']);

    const event = await eventOf(app, owner.browser.user ?? '', 'connection.synced');
    expect(event).toMatchObject({
      connectionId: owner.connection.id,
      powensUserId,
      data: { lastSyncedAt: '2027-03-14T09:27:40.000Z', webhookId: expect.any(String) as string },
    });
    expect(await connectionsOf(owner.browser)).toMatchObject([{ lastSyncedAt: '2027-03-14T09:27:40.000Z' }]);
  });

  it('should lend what came with a webhook, item by item and exactly, to whoever handles its event', async () => {
    await synced('2027-03-15 10:27:40');
    const event = await eventOf(app, owner.browser.user ?? '', 'connection.synced');
    const payloads = app.app.get(WebhookPayloads);
    const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
      const list: T[] = [];
      for await (const item of items) list.push(item);
      return list;
    };

    expect(await all(payloads.accounts(event))).toMatchObject([{ id: '5301', name: 'Compte chèques' }]);
    expect(await all(payloads.transactions(event))).toMatchObject([
      { id: '9007199254740993', accountId: '5301', value: '-16.22' },
    ]);
    expect(await all(payloads.documents(event))).toEqual([]);
    await expect(all(payloads.accounts({ ...event, powensUserId: '1' }))).rejects.toMatchObject({
      code: 'not_found',
    });
    await sql(app, 'UPDATE powens_inbox SET body = NULL');
    await expect(all(payloads.accounts(event))).rejects.toMatchObject({ code: 'not_found' });
    // Of a callback, a synchronisation on demand, a comparison: nothing was sent with it.
    expect(await all(payloads.accounts({ ...event, data: { ...event.data, webhookId: null } }))).toEqual([]);
  });

  it('should ask Powens before it believes in another state, and emit the true one [WH-12]', async () => {
    await setState(app, owner.connection, 'wrongpass');
    await synced('2027-03-14 10:27:40', 'actionNeeded');
    const event = await eventOf(app, owner.browser.user ?? '', 'connection.action_required');
    expect(event.data).toMatchObject({ state: 'wrongpass', requiredAction: 'reconnect' });
  });

  it('should remove a connection that was deleted elsewhere', async () => {
    await send('connection-deleted', {
      id: Number(owner.connection.powensConnectionId),
      id_user: Number(powensUserId),
      state: null,
    });
    const event = await eventOf(app, owner.browser.user ?? '', 'connection.deleted');
    expect(event.data).toEqual({ reason: 'gone_at_powens' });
    expect(await connectionsOf(owner.browser)).toEqual([]);
  });

  it('should tell of accounts with ids and words alone', async () => {
    await send('account-found', {
      id: 5301,
      id_user: Number(powensUserId),
      id_connection: Number(owner.connection.powensConnectionId),
      disabled: '2026-03-14 10:24:30',
      type: 'checking',
    });
    const event = await eventOf(app, owner.browser.user ?? '', 'account.found');
    expect(event).toMatchObject({
      connectionId: owner.connection.id,
      data: { powensObjectId: '5301', isEnabled: false, objectType: 'checking' },
    });
  });

  it('should publish the holders of accounts as found, whose body names its connection in each item only', async () => {
    const ownership = {
      id_account: 5301,
      id_connection: Number(owner.connection.powensConnectionId),
      id_user: Number(powensUserId),
      parties: [{ role: 'holder', identity: { is_user: true, full_name: 'CAMILLE MARTIN' } }],
    };
    await send('account-ownerships-found', {
      account_ownerships: [ownership, { ...ownership, id_account: 5302 }],
    });
    const event = await eventOf(app, owner.browser.user ?? '', 'account.ownerships_found');
    expect(event.connectionId).toBe(owner.connection.id);
    expect(JSON.stringify(event)).not.toContain('CAMILLE');
  });

  it('should publish the files of a transaction as found, by the id of the transaction', async () => {
    await send('transaction-attachments-found', {
      id_connection: Number(owner.connection.powensConnectionId),
      id_account: 5301,
      id_transaction: 980001,
      attachments: [{ id: 1, url: '/users/me/transactions/980001/attachments/1/file' }],
    });
    const event = await eventOf(app, owner.browser.user ?? '', 'transaction.attachments_found');
    expect(event).toMatchObject({ connectionId: owner.connection.id, data: { powensObjectId: '980001' } });
  });

  it('should refuse a webhook without a good signature and keep nothing of it', async () => {
    const before = await inboxOf(app);
    const path = '/connections/webhooks/connection-deleted';
    const answer = await push(
      app.url,
      path,
      { id: 1, id_user: 1, id_webhook_data: 1 },
      { secret: 'wh_another' },
    );
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'webhook_refused', status: 401 });
    expect(await inboxOf(app)).toEqual(before);
  });

  it('should be quiet once everything is processed', async () => {
    await inboxEmpty(app);
    expect((await inboxOf(app)).map(({ status }) => status)).not.toContain('dead');
  });
});
