import { randomUUID } from 'node:crypto';
import sql from 'sql-template-tag';
import { describe, expect, it } from 'vitest';
import type { Store } from '../database/__support__/store.js';
import { useStore } from '../database/__support__/use-store.js';
import { OutboxRepository, type ClaimedMessage, type EventToAppend } from './outbox.repository.js';
import type { AppendedEvents } from './outbox.rows.js';

const KEYS = ['0', '1', '2'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`);
const EVENT: EventToAppend = {
  ...{ type: 'connection.synced', ownerId: 'ann', tenant: 'north', attemptId: null },
  ...{ connectionId: KEYS[0] ?? '', powensConnectionId: '17', powensUserId: '412' },
  data: { lastSyncedAt: null },
} as unknown as EventToAppend;

describe('an event that the process which appends it delivers itself', () => {
  let store: Store;
  let outbox: OutboxRepository;

  useStore((opened) => {
    store = opened;
    outbox = new OutboxRepository(store.database);
  });

  const all = async (): Promise<Record<string, unknown>[]> =>
    store.query('SELECT * FROM powens_outbox ORDER BY position');
  const claim = async (limit = 10): Promise<{ leaseToken: string; messages: ClaimedMessage[] }> => {
    const leaseToken = randomUUID();
    const { messages } = await outbox.claim({ leaseToken, leaseSeconds: 60, limit });
    return { leaseToken, messages };
  };
  const FIRST: EventToAppend = { ...EVENT, isFirst: true };
  const LEASE = { leaseToken: randomUUID(), leaseSeconds: 60 };
  const appendHeld = async (...events: EventToAppend[]): Promise<AppendedEvents> => {
    let appended: AppendedEvents | undefined;
    await store.write((tx) => {
      appended = outbox.append(events, tx, LEASE);
    });
    return appended as AppendedEvents;
  };

  it('should be held from the commit on, as if it had been claimed', async () => {
    const query = sql`SELECT id FROM (VALUES ('b'), ('a')) AS found (id)`;
    const { held, areWaiting } = await appendHeld({ ...FIRST, lateIds: { name: 'others', query } });
    const [row] = await all();
    expect(row).toMatchObject({ status: 'pending', deliveries: 1, lease_token: LEASE.leaseToken });
    expect(row?.['available_at']).toEqual(row?.['leased_until']);
    expect((row?.['leased_until'] as Date).getTime()).toBeGreaterThan(Date.now() + 30_000);
    expect([held, areWaiting]).toEqual([
      [
        {
          ...{ position: row?.['position'], deliveries: 1, orderKey: KEYS[0], traceParent: null },
          deliveredTo: new Set(),
          event: JSON.parse(String(row?.['payload'])) as unknown,
        },
      ],
      false,
    ]);
    expect(held[0]?.event.data).toMatchObject({ others: ['a', 'b'] });
    expect((await claim()).messages).toEqual([]);
  });

  it('should be claimed by another process when its lease has ended', async () => {
    const { held } = await appendHeld(FIRST);
    await store.query(`UPDATE powens_outbox SET leased_until = now(), available_at = now()`);
    const { messages } = await claim();
    expect(messages).toEqual([{ ...held[0], deliveries: 2 }]);
    await outbox.acknowledge([{ position: held[0]?.position ?? '', leaseToken: LEASE.leaseToken }]);
    expect(await all()).toMatchObject([{ status: 'pending' }]);
  });

  it('should come before the next one of its connection, which waits for a relay', async () => {
    const { held, areWaiting } = await appendHeld(FIRST, EVENT);
    expect([held.length, areWaiting]).toEqual([1, true]);
    const position = held[0]?.position ?? '';
    expect(position).toBe((await all())[0]?.['position']);
    expect((await claim()).messages).toEqual([]);
    const lease = { position, leaseToken: LEASE.leaseToken };
    expect(await outbox.acknowledge([{ ...lease, orderKey: KEYS[0] }])).toEqual([KEYS[0]]);
    expect((await claim()).messages).toHaveLength(1);
  });

  it('should not be held when its connection may have had events before', async () => {
    const { held, areWaiting } = await appendHeld(EVENT);
    expect([held, areWaiting]).toEqual([[], true]);
    expect((await claim()).messages).toHaveLength(1);
  });

  it('should not be held when its transaction is rolled back', async () => {
    let appended: AppendedEvents | undefined;
    const refused = store.write((tx) => {
      appended = outbox.append([FIRST], tx, LEASE);
      tx.add(sql`DELETE FROM powens_loss`, 1);
    });
    await expect(refused).rejects.toMatchObject({ code: 'busy' });
    expect([appended?.held, await all()]).toEqual([[], []]);
  });

  it('should say, when it is acknowledged, which of the connections asked about have another that waits', async () => {
    const [mine, other, alone] = KEYS as [string, string, string];
    await store.write((tx) => {
      outbox.append(
        [mine, mine, other, other, alone].map((connectionId) => ({ ...EVENT, connectionId })),
        tx,
      );
    });
    const { leaseToken, messages } = await claim();
    await store.put('outbox', { order_key: alone, instance: 'second' });
    await store.put('outbox', { order_key: alone, status: 'dead' });
    const delivered = messages.map(({ position, orderKey }) => ({
      ...{ position, leaseToken },
      orderKey: orderKey === other ? undefined : orderKey,
    }));
    expect(await outbox.acknowledge(delivered)).toEqual([mine]);
  });
});
