import { ConnectionsService, PowensService, type OwnerPowensClient } from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { outbound } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';
import { quarantined, type Quarantined } from '../../helpers/flow/quarantine.js';

interface ConnectionScoped {
  readonly id: number;
  readonly id_connection: number;
}

/** A stranger's bank must not be read as the owner's, whichever way it is asked for [OA-31]. */
describe("what the owner's client shows while a connection is in quarantine", () => {
  let app: FlowApp;
  let owner: Quarantined;
  let client: OwnerPowensClient;

  beforeAll(async () => {
    app = await startFlowApp({ options: { lifecycle: { sweeper: false } } });
    owner = await quarantined(app, 'reader');
    client = app.app.get(PowensService).forOwner('reader');
  });

  afterAll(async () => {
    await app.close();
  });

  /** Ids of what came with the connection in quarantine, as Powens itself lists it. */
  async function hidden(key: 'accounts' | 'subscriptions'): Promise<string[]> {
    const answer = (await client.get(`/users/me/${key}`, { all: '' })) as Record<string, ConnectionScoped[]>;
    const ids = (answer[key] ?? [])
      .filter((one) => String(one.id_connection) === owner.powensConnectionId)
      .map(({ id }) => String(id));
    expect(ids.length).toBeGreaterThan(0);
    return ids;
  }

  it('should leave its accounts out, those without consent too', async () => {
    for (const query of [{}, { all: true }]) {
      const accounts = await client.accounts(query);
      expect(accounts.length).toBeGreaterThan(0);
      expect(new Set(accounts.map(({ powensConnectionId }) => powensConnectionId))).toEqual(
        new Set([owner.connection.powensConnectionId]),
      );
    }
  });

  it('should leave its transactions out of every page, and tell no total that counts them', async () => {
    const ids = await hidden('accounts');
    const shown = new Set<string>();
    for await (const page of client.transactions({ limit: 25 })) {
      page.items.forEach(({ accountId }) => shown.add(accountId));
      expect(page.total).toBeNull();
    }
    expect(shown.size).toBeGreaterThan(0);
    expect(ids.filter((id) => shown.has(id))).toEqual([]);
    const page = await client.transactions({ limit: 500 }).page();
    expect(page.items.filter(({ accountId }) => ids.includes(accountId))).toEqual([]);
    for (const accountId of ids) {
      expect(await client.transactions({ accountId }).all()).toEqual([]);
    }
  });

  it('should leave its documents out', async () => {
    const ids = await hidden('subscriptions');
    const documents = await client.documents().all();
    expect(documents.length).toBeGreaterThan(0);
    expect(documents.filter(({ subscriptionId }) => ids.includes(subscriptionId ?? ''))).toEqual([]);
    expect(await client.documents({ subscriptionId: ids[0] ?? '' }).all()).toEqual([]);
  });

  it('should cost one more read for each reading of a list at most', async () => {
    const readsOf = async (read: () => Promise<unknown>): Promise<string[]> => {
      const before = outbound(app).length;
      await read();
      return outbound(app)
        .slice(before)
        .map(({ path }) => path.split('?')[0]?.replace(/^.*\/users\/me\//, '') ?? '');
    };
    expect(await readsOf(async () => client.accounts())).toEqual(['accounts']);
    expect(await readsOf(async () => client.transactions({ limit: 1 }).page())).toEqual([
      'accounts',
      'transactions',
    ]);
    const all = await readsOf(async () => client.transactions({ limit: 40 }).all());
    expect(all.length).toBeGreaterThan(3);
    expect(all.filter((path) => path !== 'transactions')).toEqual(['accounts']);
    expect(await readsOf(async () => client.documents().all())).toEqual(['subscriptions', 'documents']);
  });

  it('should show everything, at no further cost, where the option says keep', async () => {
    const keeping = await startFlowApp({
      like: app,
      options: { unconfirmedConnections: 'keep', lifecycle: { sweeper: false } },
    });
    try {
      const all = keeping.app.get(PowensService).forOwner('reader');
      const connections = (await all.accounts()).map(({ powensConnectionId }) => powensConnectionId);
      expect(connections).toContain(owner.powensConnectionId);
      const before = outbound(app).length;
      expect((await all.transactions({ limit: 1 }).page()).total).toBeGreaterThan(1);
      expect(outbound(app)).toHaveLength(before + 1);
    } finally {
      await keeping.close();
    }
  });

  it('should show it once it is confirmed', async () => {
    const ids = await hidden('accounts');
    await app.app.get(ConnectionsService).confirm('reader', owner.id.toUpperCase());
    await until(() =>
      app.events.some(({ type, connectionId }) => type === 'connection.created' && connectionId === owner.id),
    );
    const accounts = await client.accounts();
    expect(accounts.map(({ powensConnectionId }) => powensConnectionId)).toContain(owner.powensConnectionId);
    const { total } = await client.transactions({ limit: 1 }).page();
    const transactions = await client.transactions().all();
    expect(transactions).toHaveLength(total ?? -1);
    expect(transactions.some(({ accountId }) => ids.includes(accountId))).toBe(true);
    expect((await client.documents().all()).length).toBeGreaterThan(1);
  });
});
