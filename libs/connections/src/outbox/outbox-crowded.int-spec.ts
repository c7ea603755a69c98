import { randomUUID } from 'node:crypto';
import sql from 'sql-template-tag';
import { describe, expect, it } from 'vitest';
import { postgresCapabilities } from '../../../../test/helpers/database.js';
import { ago, ahead, type Store } from '../database/__support__/store.js';
import { useStore } from '../database/__support__/use-store.js';
import { claimByWalk, claimDue, claimOfKey } from '../database/queues/queue-claim.js';
import type { Queue } from '../database/queues/queue-heads.js';
import { OutboxRepository, type ClaimedMessage } from './outbox.repository.js';
import { claimOf } from './outbox.rows.js';

/** More messages than one claim reads from either end, and more connections than one step of a walk reads. */
const MANY = 250;

const keyOf = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

describe('a claim of the outbox', () => {
  let store: Store;
  let outbox: OutboxRepository;

  useStore((opened) => {
    store = opened;
    outbox = new OutboxRepository(store.database);
  });

  /** Puts messages there: of many connections, or of the given one. */
  async function fill({
    instance = 'default',
    status = 'pending',
    availableAt = 'now()',
    key = null as string | null,
  }): Promise<void> {
    const orderKey =
      key === null ? `('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid` : `'${key}'::uuid`;
    await store.query(
      `INSERT INTO powens_outbox (id, instance, tenant, owner_id, type, order_key, payload, status, deliveries, created_at, available_at)
       SELECT gen_random_uuid(), $1, '', 'ann', 'connection.synced', ${orderKey}, '{}', $2, 0, now(), ${availableAt}
       FROM generate_series(1, ${MANY}) i`,
      [instance, status],
    );
  }

  const lease = (limit = 10): { leaseToken: string; leaseSeconds: number; limit: number } => ({
    ...{ leaseToken: randomUUID(), leaseSeconds: 60, limit },
  });
  const keysOf = (messages: readonly ClaimedMessage[]): string[] => messages.map(({ orderKey }) => orderKey);

  const WITHOUT_EFFECT = [
    ['of another instance', { instance: 'second' }],
    ['that are delivered', { status: 'delivered' }],
    ['that are dead', { status: 'dead' }],
  ] as const;

  it.each([...WITHOUT_EFFECT, ['that are due later', { availableAt: `now() + interval '1 hour'` }] as const])(
    'should know that nothing else is due beside messages %s',
    async (_, values) => {
      await fill(values);
      await store.put('outbox', { order_key: keyOf(0) });
      const { messages, complete } = await outbox.claim(lease());
      expect([keysOf(messages), complete]).toEqual([[keyOf(0)], true]);
    },
  );

  it('should find what is due for longest and what became due last beside a connection that is held', async () => {
    await store.put('outbox', { order_key: keyOf(2), available_at: ago('1 second') });
    await fill({ key: keyOf(1), availableAt: `now() - interval '1 minute'` });
    await store.put('outbox', { order_key: keyOf(3), available_at: ago('1 hour') });
    await store.put('outbox', {
      order_key: keyOf(1),
      lease_token: randomUUID(),
      leased_until: ahead('1 minute'),
      available_at: ahead('1 minute'),
    });
    const { messages, complete } = await outbox.claim(lease());
    expect([keysOf(messages).sort(), complete]).toEqual([[keyOf(2), keyOf(3)], false]);
  });

  it.each(WITHOUT_EFFECT)('should not walk over connections with messages %s', async (_, values) => {
    await fill(values);
    await store.put('outbox', { order_key: keyOf(MANY) });
    const { messages, after } = await outbox.claimByWalk(lease(), { keys: [], after: null });
    expect([keysOf(messages), after]).toEqual([[keyOf(MANY)], null]);
  });

  it('should look at no connection behind those of one step', async () => {
    await fill({ availableAt: `CASE i WHEN 201 THEN now() ELSE now() + interval '1 hour' END` });
    const first = await outbox.claimByWalk(lease(), { keys: [], after: null });
    expect([keysOf(first.messages), first.after]).toEqual([[], keyOf(200)]);
    const next = await outbox.claimByWalk(lease(), { keys: [], after: first.after });
    expect([keysOf(next.messages), next.after]).toEqual([[keyOf(201)], null]);
  });

  it.each([
    ['by due time', (queue: Queue) => claimDue(queue, claimOf(lease()))],
    ['by a walk', (queue: Queue) => claimByWalk(queue, claimOf(lease()), { keys: [], after: null })],
    ['of one connection', (queue: Queue) => claimOfKey(queue, claimOf(lease()), keyOf(1))],
  ] as const)(
    'should not wait for the disk, and leave the settings of the session as they were: %s',
    async (_, statement) => {
      const { database } = store;
      const { outbox: table } = database.tables;
      const queue: Queue = { table, instance: 'default', keyType: 'uuid', counter: 'deliveries' };
      await store.put('outbox', { order_key: keyOf(1) });
      await database.withSession(async (session) => {
        const setting = async (): Promise<string | undefined> =>
          (
            await session.run<{ value: string }>(sql`SELECT current_setting('synchronous_commit') AS value`)
          )[0]?.value;
        const before = await setting();
        await session.run(sql`BEGIN`);
        await session.run(sql`SELECT set_config('synchronous_commit', 'on', true)`);
        expect((await session.run<{ position: string }>(statement(queue)))[0]?.position).toMatch(/^\d+$/);
        expect(await setting()).toBe('off');
        await session.run(sql`COMMIT`);
        expect(await setting()).toBe(before);
      });
    },
  );

  describe('the head of a connection', () => {
    const put = async (values: object): Promise<string> =>
      (await store.put<{ position: string }>('outbox', { order_key: keyOf(1), ...values })).position;
    const claimed = async (limit = 10): Promise<string[]> =>
      (await outbox.claim(lease(limit))).messages.map(({ position }) => position);

    it('should be its oldest message by position, whatever the table has first', async () => {
      await put({ position: '2000002' });
      const oldest = await put({ position: '2000001' });
      expect(await claimed()).toEqual([oldest]);
    });

    it('should be none of another instance, nor one that is over', async () => {
      await put({ instance: 'second' });
      await put({ status: 'delivered' });
      await put({ status: 'dead' });
      const own = await put({});
      expect(await claimed()).toEqual([own]);
    });

    it('should not use up the limit before it is due', async () => {
      await put({ available_at: ahead('1 hour') });
      await put({ available_at: ago('1 hour') });
      const other = await put({ order_key: keyOf(2) });
      expect(await claimed(1)).toEqual([other]);
    });

    it.skipIf(!postgresCapabilities().concurrent)(
      'should be passed over while another process is changing it',
      async () => {
        const position = await put({});
        const other = await put({ order_key: keyOf(2) });
        await store.apart(async (query) => {
          await query('BEGIN');
          await query(`SELECT 1 FROM powens_outbox WHERE position = ${position} FOR UPDATE`);
          expect(await claimed()).toEqual([other]);
          await query('COMMIT');
        });
        expect(await claimed()).toEqual([position]);
      },
    );
  });
});
