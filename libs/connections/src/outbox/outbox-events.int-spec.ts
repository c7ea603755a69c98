import { randomUUID } from 'node:crypto';
import sql from 'sql-template-tag';
import { describe, expect, it } from 'vitest';
import { ago, type Store } from '../database/__support__/store.js';
import { useStore } from '../database/__support__/use-store.js';
import { OutboxRepository, type ClaimedMessage, type EventToAppend } from './outbox.repository.js';
import type { Lease } from './outbox.rows.js';

const KEYS = ['0', '1', '2', '3'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`);
const EVENT: EventToAppend = {
  ...{ type: 'connection.synced', ownerId: 'ann', tenant: 'north', attemptId: null },
  ...{ connectionId: KEYS[0] ?? '', powensConnectionId: '17', powensUserId: '412' },
  data: { lastSyncedAt: null },
} as unknown as EventToAppend;

describe('an event in the outbox', () => {
  let store: Store;
  let outbox: OutboxRepository;

  useStore((opened) => {
    store = opened;
    outbox = new OutboxRepository(store.database);
  });

  const append = async (...events: EventToAppend[]): Promise<void> =>
    store.write((tx) => {
      outbox.append(events, tx);
    });
  const all = async (): Promise<Record<string, unknown>[]> =>
    store.query('SELECT * FROM powens_outbox ORDER BY position');
  const claim = async (limit = 10): Promise<{ leaseToken: string; messages: ClaimedMessage[] }> => {
    const leaseToken = randomUUID();
    const { messages } = await outbox.claim({ leaseToken, leaseSeconds: 60, limit });
    return { leaseToken, messages };
  };

  describe('that is appended', () => {
    it('should be due at once, stamped, under the key of its connection, attempt or itself', async () => {
      const ofAttempt = { ...EVENT, connectionId: null, attemptId: KEYS[1] ?? '' };
      await append(EVENT, ofAttempt, { ...EVENT, connectionId: null });
      const rows = await all();
      const shared = { instance: 'default', tenant: 'north', owner_id: 'ann', type: 'connection.synced' };
      for (const row of rows) expect(row).toMatchObject({ ...shared, status: 'pending', deliveries: 0 });
      expect(rows.map(({ order_key: key }) => key)).toEqual([KEYS[0], KEYS[1], rows[2]?.['id']]);
      const payload = JSON.parse(String(rows[0]?.['payload'])) as Record<string, unknown>;
      expect(payload).toEqual({
        ...EVENT,
        id: rows[0]?.['id'],
        version: 1,
        occurredAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        instance: 'default',
      });
      expect((await claim()).messages).toHaveLength(3);
    });

    it('should be nothing where there is none', async () => {
      await store.write((tx) => {
        tx.add(sql`DELETE FROM powens_loss`, 'any');
        outbox.append([], tx);
      });
      expect(await all()).toEqual([]);
    });

    it('should name the ids that its transaction finds, in their order, or none', async () => {
      const late = (query: ReturnType<typeof sql>): EventToAppend => ({
        ...EVENT,
        lateIds: { name: 'connectionIds', query },
      });
      await append(
        late(sql`SELECT id FROM (VALUES ('b'), ('a'), ('c')) AS found (id)`),
        late(sql`SELECT 'a' AS id WHERE false`),
      );
      const ids = (await all()).map(
        ({ payload }) =>
          (JSON.parse(String(payload)) as { data: { connectionIds: string[] } }).data.connectionIds,
      );
      expect(ids).toEqual([['a', 'b', 'c'], []]);
    });
  });

  it.each([
    [
      'acknowledge',
      (token: string, position: string) => outbox.acknowledge([{ position, leaseToken: token }]),
    ],
    [
      'postpone',
      (token: string, position: string) => outbox.postpone({ leaseToken: token, position }, 1000, new Set()),
    ],
    [
      'deadLetter',
      (token: string, position: string) => outbox.deadLetter({ leaseToken: token, position }, new Set()),
    ],
    ['extend', (token: string, position: string) => outbox.extend([{ position, leaseToken: token }], 600)],
  ] as const)('should not be changed with another one of its batch: %s', async (_, change) => {
    await append(EVENT, { ...EVENT, connectionId: KEYS[1] ?? '' });
    const { leaseToken, messages } = await claim();
    expect(messages).toHaveLength(2);
    const [before, other] = await all();
    await change(leaseToken, String(before?.['position']));
    const [after, kept] = await all();
    expect(after).not.toEqual(before);
    expect(kept).toEqual(other);
  });

  it('should be acknowledged by its own lease, and not by that of another one', async () => {
    await append(EVENT, { ...EVENT, connectionId: KEYS[1] ?? '' });
    const leases = [await claim(1), await claim(1)].map(({ leaseToken, messages }) => ({
      leaseToken,
      position: messages[0]?.position ?? '',
    }));
    const [first, second] = leases as [Lease, Lease];
    const statuses = async (): Promise<unknown[]> => (await all()).map(({ status }) => status);
    await outbox.acknowledge([
      { ...first, leaseToken: second.leaseToken },
      { ...second, leaseToken: first.leaseToken },
    ]);
    expect(await statuses()).toEqual(['pending', 'pending']);
    await outbox.acknowledge(leases);
    expect(await statuses()).toEqual(['delivered', 'delivered']);
  });

  it('should be walked to by its connection, whatever the order of the rows', async () => {
    for (const key of [...KEYS].reverse()) await append({ ...EVENT, connectionId: key });
    const lease = { leaseToken: randomUUID(), leaseSeconds: 60, limit: 2 };
    const { messages, after } = await outbox.claimByWalk(lease, { keys: [], after: null });
    expect([messages.map(({ orderKey }) => orderKey).sort(), after]).toEqual([KEYS.slice(0, 2), KEYS[1]]);
  });

  it('should be removed when it is over for long, the oldest first whatever the order of the rows', async () => {
    const over = { status: 'delivered' };
    const { id: old } = await store.put('outbox', { ...over, completed_at: ago('35 days') });
    await store.put('outbox', { ...over, completed_at: ago('40 days') });
    const { id: recent } = await store.put('outbox', { ...over, completed_at: ago('1 minute') });
    await outbox.purge(30, 1);
    expect((await all()).map(({ id }) => id)).toEqual([old, recent]);
  });

  describe('that is a dead letter', () => {
    const put = async (values: object = {}): Promise<{ id: string; position: string }> =>
      store.put('outbox', { status: 'dead', completed_at: ago('1 hour'), deliveries: 12, ...values });

    it('should be listed by its position, page by page', async () => {
      const second = await put({ position: '3000002', payload: '{"id":"e2"}' });
      const first = await put({ position: '3000001', payload: '{"id":"e1"}' });
      await put({ instance: 'second' });
      await put({ status: 'delivered' });
      const [letter, ...more] = await outbox.findDeadLetters({ after: '0', limit: 1 });
      expect(more).toEqual([]);
      expect(letter).toMatchObject({
        position: first.position,
        letter: { event: { id: 'e1' }, deliveries: 12 },
      });
      const hours = (Date.now() - (letter?.letter.deadLetteredAt.getTime() ?? 0)) / 3_600_000;
      expect(Math.round(hours)).toBe(1);
      const next = await outbox.findDeadLetters({ after: first.position, limit: 5 });
      expect(next.map(({ position }) => position)).toEqual([second.position]);
    });

    it('should be delivered again as if it never was, a moment later', async () => {
      const { id } = await put();
      expect(await outbox.reviveDeadLetter(id)).toBe(true);
      expect(await store.find('outbox', id)).toMatchObject({
        ...{ status: 'pending', deliveries: 0, completed_at: null },
      });
      const [left] = await store.query<{ due: boolean }>(
        `SELECT available_at > created_at AS due FROM powens_outbox WHERE id = $1`,
        [id],
      );
      expect(left?.due).toBe(true);
      expect(await outbox.reviveDeadLetter(id)).toBe(false);
    });

    it('should be removed, and no other row', async () => {
      const { id } = await put();
      const kept = [await put(), await put({ instance: 'second' }), await put({ status: 'pending' })];
      expect(await outbox.removeDeadLetter(id)).toBe(true);
      expect(await outbox.removeDeadLetter(id)).toBe(false);
      for (const { id: other } of kept.slice(1)) {
        expect(await outbox.removeDeadLetter(other)).toBe(false);
        expect(await outbox.reviveDeadLetter(other)).toBe(false);
      }
      expect((await all()).map(({ id: left }) => left)).toEqual(kept.map(({ id: left }) => left));
    });
  });
});
