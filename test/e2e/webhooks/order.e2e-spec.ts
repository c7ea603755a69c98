import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { startChildHost, type ChildHost } from '../../helpers/child/child-host.js';
import { connected, type Connected } from '../../helpers/flow/lifecycle.js';
import { sql } from '../../helpers/flow/observe.js';
import { connect, start, until, visitWebview } from '../../helpers/flow/person.js';
import {
  hmacWebhooks,
  inboxEmpty,
  inboxOf,
  powensUserOf,
  push,
  syncedBody,
} from '../../helpers/webhooks/pushed.js';
import { hold } from '../../helpers/flow/hold.js';
import { rounds, sample } from '../../helpers/sweeps.js';

const SYNCED = '/connections/webhooks/connection-synced';
const DELETED = '/connections/webhooks/connection-deleted';
let serial = 500_000;

/** All orders of some things. */
function orders<T>(things: readonly T[]): T[][] {
  return things.length < 2
    ? [[...things]]
    : things.flatMap((first, index) => {
        const others = things.filter((_, other) => other !== index);
        return orders(others).map((rest) => [first, ...rest]);
      });
}

describe('webhooks in any order', () => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;

  useFlowApp({ options }, (opened) => {
    app = opened;
  });

  /** Sends webhooks of one connection, each processed before the next comes; `t2` is a synchronisation at 10:02. */
  async function tell(owner: Connected, names: readonly string[]): Promise<void> {
    const powensUserId = await powensUserOf(app, owner);
    const { powensConnectionId } = owner.connection;
    for (const name of names) {
      const webhookDataId = (serial += 1);
      const lastUpdate = `2027-03-14 10:0${name.slice(1)}:00`;
      const body =
        name === 'deleted'
          ? { id: Number(powensConnectionId), id_user: Number(powensUserId), id_webhook_data: webhookDataId }
          : syncedBody({ powensConnectionId, powensUserId }, { lastUpdate, webhookDataId });
      const path = name === 'deleted' ? DELETED : SYNCED;
      expect((await push(app.url, path, body, { secret })).status).toBe(204);
      await inboxEmpty(app);
    }
  }

  it('should end alike in all 24 orders of three synchronisations and a deletion [W14, WH-09]', async () => {
    const all = orders(['t2', 't1', 'deleted', 't3']);
    expect(all).toHaveLength(24);
    for (const order of sample(all, 4)) {
      const owner = await connected(app, `order-${order.join('-')}`);
      await tell(owner, order);
      expect((await owner.browser.get('/connections')).json(), order.join(' ')).toEqual({
        items: [],
        nextCursor: null,
      });
      await until(() => typesOf(owner).includes('connection.deleted'));
      expect(
        typesOf(owner).filter((type) => type !== 'connection.synced'),
        order.join(' '),
      ).toEqual(['connection.created', 'connection.deleted']);
    }
    expect(await statuses()).not.toContain('dead');
  });

  it('should keep the newest synchronisation in all orders, and notify of each once, as it arrives [W14, WH-09, N40]', async () => {
    for (const order of orders(['t2', 't1', 't3'])) {
      const owner = await connected(app, `newest-${order.join('-')}`);
      await tell(owner, order);
      const [connection] = (await owner.browser.get('/connections')).json<{
        items: { lastSyncedAt: string }[];
      }>().items;
      expect(connection?.lastSyncedAt, order.join(' ')).toBe('2027-03-14T09:03:00.000Z');
      const dates = (): unknown[] =>
        app.events
          .filter(({ ownerId, type }) => ownerId === owner.browser.user && type === 'connection.synced')
          .map(({ data }) => (data as { lastSyncedAt: unknown }).lastSyncedAt);
      await until(() => dates().length === order.length);
      expect(dates()).toEqual(order.map((name) => `2027-03-14T09:0${name.slice(1)}:00.000Z`));
    }
  });

  it('should handle a webhook that comes before our own commit once, after it [W13, WH-08, F13]', async () => {
    const browser = app.browser('early');
    const started = await start(browser);
    const callback = await visitWebview(app, started.url);
    // Whom the webview made is known to Powens alone, until the code is exchanged.
    const before = app.sandbox.ledger();
    const connection = before.connections.at(-1) as unknown as { id: number; idUser: number };
    const ids = { powensConnectionId: String(connection.id), powensUserId: String(connection.idUser) };
    const body = syncedBody(ids, { lastUpdate: '2027-03-14 10:27:40', webhookDataId: (serial += 1) });
    expect((await push(app.url, SYNCED, body, { secret })).status).toBe(204);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await inboxOf(app)).at(-1)).toMatchObject({ status: 'pending', tries: 0 });

    expect((await browser.get(callback)).status).toBe(303);
    await inboxEmpty(app);
    await until(() => typesOf({ browser }).includes('connection.synced'));
    expect(typesOf({ browser })).toEqual(['connection.created', 'connection.synced']);
    expect((await inboxOf(app)).at(-1)).toMatchObject({ status: 'processed' });
  });

  it('should keep and acknowledge what may never be processed [W16, WH-08, F11]', async () => {
    const bodies = [
      '{"__proto__": {"polluted": 1}, "id": 9007199254740993, "id_user": 9007199254740993, "id_webhook_data": 9007199254740995}',
      `{"id_webhook_data": ${(serial += 1)}, "id": 1, "id": 2, "id_user": 3}`,
      `{"id_webhook_data": ${(serial += 1)}, "a": ${'['.repeat(80)}${']'.repeat(80)}}`,
      '[]',
      'null',
      '{',
      '',
    ];
    for (const body of bodies) {
      const answer = await push(app.url, DELETED, null, { secret, bytes: Buffer.from(body) });
      expect(answer.status, body).toBe(204);
    }
    const rows = await sql<{ dedupe_key: string; powens_connection_id: string | null }>(
      app,
      `SELECT dedupe_key, powens_connection_id FROM powens_inbox ORDER BY position DESC LIMIT ${bodies.length}`,
    );
    expect(rows.at(-1)).toEqual({ dedupe_key: '9007199254740995', powens_connection_id: '9007199254740993' });
    expect(rows.at(-2)?.powens_connection_id).toBe('2');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    await inboxEmpty(app);
    expect(await statuses()).not.toContain('dead');
  });

  it('should not let one slow answer of Powens hold up webhooks of others', async () => {
    const slow = await connected(app, 'slow');
    const quick = await connected(app, 'quick');
    const { powensConnectionId } = slow.connection;
    const reading = await hold(app, { path: `/users/me/connections/${powensConnectionId}` });
    const ids = { powensConnectionId, powensUserId: await powensUserOf(app, slow) };
    const told = { lastUpdate: '2027-03-14 10:27:40', state: 'wrongpass', webhookDataId: (serial += 1) };
    await push(app.url, SYNCED, syncedBody(ids, told), { secret });
    await reading.arrived();
    await tellOne(quick);
    await until(() => typesOf(quick).includes('connection.synced'));
    expect((await inboxOf(app)).filter(({ status }) => status === 'pending')).toHaveLength(1);
    await reading.release();
    await inboxEmpty(app);
  });

  async function tellOne(owner: Connected): Promise<void> {
    const ids = { ...owner.connection, powensUserId: await powensUserOf(app, owner) };
    const body = syncedBody(ids, { lastUpdate: '2027-03-14 10:27:40', webhookDataId: (serial += 1) });
    await push(app.url, SYNCED, body, { secret });
  }

  function typesOf({ browser }: Pick<Connected, 'browser'>): string[] {
    return app.events.filter(({ ownerId }) => ownerId === browser.user).map(({ type }) => type);
  }

  async function statuses(): Promise<string[]> {
    return (await inboxOf(app)).map(({ status }) => status);
  }
});

const TIMES = rounds(100, 1000);
const CHILDREN = rounds(1, 3);

describe(`the same webhook ${TIMES} times, on ${CHILDREN + 1} processes`, () => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;
  const children: ChildHost[] = [];

  beforeAll(async () => {
    app = await startFlowApp({ options: { ...options, outbox: { relay: false } } });
    for (let count = 0; count < CHILDREN; count += 1) children.push(await startChildHost(app, null, options));
  });

  afterAll(async () => {
    await Promise.all(children.map(async (child) => child.stop('SIGTERM')));
    await app.close();
  });

  it('should be one row and one event, and be acknowledged each time [W10, WH-06]', async () => {
    const owner = await connected(app, 'often');
    await connect(app, app.browser('another'));
    const ids = { ...owner.connection, powensUserId: await powensUserOf(app, owner) };
    const body = syncedBody(ids, { lastUpdate: '2027-03-14 10:27:40', webhookDataId: (serial += 1) });
    const urls = [app.url, ...children.map(({ url }) => url)];
    const answers: number[] = [];
    let left = TIMES;
    const send = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const url = urls[left % urls.length] ?? app.url;
        answers.push((await push(url, SYNCED, body, { secret })).status);
      }
    };
    await Promise.all(Array.from({ length: 100 }, send));

    expect(answers).toHaveLength(TIMES);
    expect(new Set(answers)).toEqual(new Set([204]));
    await inboxEmpty(app);
    expect(await inboxOf(app)).toMatchObject([{ dedupe_key: String(serial), status: 'processed' }]);
    const events = await sql(app, `SELECT 1 FROM powens_outbox WHERE type = 'connection.synced'`);
    expect(events).toHaveLength(1);
    const told = (): number =>
      children.flatMap(({ events: given }) => given).filter(({ type }) => type === 'connection.synced')
        .length;
    await until(() => told() > 0);
    expect(told()).toBe(1);
  });
});
