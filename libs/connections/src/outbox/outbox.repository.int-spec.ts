import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { ago, ahead, type Store } from '../database/__support__/store.js';
import { useStore } from '../database/__support__/use-store.js';
import { OutboxRepository, type ClaimedMessage } from './outbox.repository.js';

interface Row {
  readonly id: string;
  readonly position: string;
  readonly order_key: string;
  readonly status: string;
  readonly deliveries: number;
  readonly lease_token: string | null;
  readonly leased_until: Date | null;
  readonly available_at: Date;
  readonly completed_at: Date | null;
}

const KEYS = ['0', '1', '2', '3'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`);

describe(OutboxRepository.name, () => {
  let store: Store;
  let outbox: OutboxRepository;

  useStore((opened) => {
    store = opened;
    outbox = new OutboxRepository(store.database);
  });

  const put = async (values: object = {}): Promise<Row> => store.put<Row>('outbox', { ...values });
  const row = async ({ id }: Row): Promise<Row | undefined> => store.find<Row>('outbox', id);
  const lease = (limit = 10): { leaseToken: string; leaseSeconds: number; limit: number } => ({
    ...{ leaseToken: randomUUID(), leaseSeconds: 60, limit },
  });
  const claim = async (limit = 10): Promise<string[]> =>
    positionsOf((await outbox.claim(lease(limit))).messages);
  const walk = async (
    after: string | null = null,
    keys: string[] = [],
    limit = 10,
  ): Promise<[string[], string | null]> => {
    const walked = await outbox.claimByWalk(lease(limit), { keys, after });
    return [positionsOf(walked.messages), walked.after];
  };

  it.each([
    ['by time', async (): Promise<string[]> => claim()],
    ['by a walk', async (): Promise<string[]> => (await walk())[0]],
  ])(
    'should claim %s the oldest of each connection that is due, for as long as the lease says',
    async (_, claimed) => {
      const [first] = [
        await put({ order_key: KEYS[0], payload: '{"id":"e1"}' }),
        await put({ order_key: KEYS[0] }),
      ];
      const other = await put({ order_key: KEYS[1], deliveries: 3 });
      await put({ order_key: KEYS[2], available_at: ahead('1 minute') });
      await put({ order_key: KEYS[2] });
      await put({ order_key: KEYS[3], instance: 'second' });
      for (const status of ['delivered', 'dead']) await put({ order_key: KEYS[3], status });
      expect(new Set(await claimed())).toEqual(new Set([first.position, other.position]));
      const held = await row(other);
      expect(held?.deliveries).toBe(4);
      expect(held?.leased_until).toEqual(held?.available_at);
      const seconds = ((held?.leased_until?.getTime() ?? 0) - Date.now()) / 1000;
      expect(seconds).toBeGreaterThan(30);
      expect(seconds).toBeLessThanOrEqual(61);
      expect(await claimed()).toEqual([]);
    },
  );

  it('should give what it claims with its event, and say that nothing else is due', async () => {
    const { position } = await put({ order_key: KEYS[0], payload: '{"id":"e1"}' });
    const { messages, complete } = await outbox.claim(lease());
    expect(messages).toMatchObject([
      { position, deliveries: 1, orderKey: KEYS[0], event: { id: 'e1' }, traceParent: null },
    ]);
    expect(complete).toBe(true);
    expect(await outbox.claim(lease())).toEqual({ messages: [], complete: true });
  });

  it('should claim again when a lease ended, and keep an older message behind a later one under way', async () => {
    const ended = { lease_token: randomUUID(), leased_until: ago('1 second'), available_at: ago('1 second') };
    const lost = await put({ order_key: KEYS[0], ...ended });
    await put({ order_key: KEYS[1] });
    await put({ order_key: KEYS[1], leased_until: ahead('1 minute'), available_at: ahead('1 minute') });
    expect(await claim()).toEqual([lost.position]);
  });

  it('should claim what waits for longest first, up to the limit', async () => {
    const late = await put({ available_at: ago('1 minute') });
    const early = await put({ available_at: ago('1 hour') });
    expect(await claim(1)).toEqual([early.position]);
    expect(await claim(5)).toEqual([late.position]);
  });

  it('should say that more is due than one look sees', async () => {
    await store.query(
      `INSERT INTO powens_outbox (id, instance, tenant, owner_id, type, order_key, payload, status, deliveries, created_at, available_at)
       SELECT gen_random_uuid(), 'default', '', 'ann', 'connection.synced', '${KEYS[0]}', '{}', 'pending', 0, now(), now()
       FROM generate_series(1, 250)`,
    );
    const { messages, complete } = await outbox.claim(lease());
    expect([messages.length, complete]).toEqual([1, false]);
  });

  describe('a walk', () => {
    it('should look at the connections it is given first, then at those behind where it stopped', async () => {
      const rows: Row[] = [];
      for (const order_key of KEYS) rows.push(await put({ order_key }));
      const [a, b, c, d] = rows.map(({ position }) => position);
      expect(await walk(KEYS[1], [KEYS[0] as string], 2)).toEqual([expect.arrayContaining([a, c]), KEYS[2]]);
      expect(await walk(KEYS[2], [], 2)).toEqual([[d], null]);
      expect(await walk(null, [], 1)).toEqual([[b], KEYS[1]]);
      expect(await walk(null, [])).toEqual([[], null]);
    });

    it('should stay where it is when the connections it is given use up its limit', async () => {
      for (const order_key of KEYS) await put({ order_key });
      const [, after] = await walk(KEYS[2], [KEYS[0] as string], 1);
      expect(after).toBe(KEYS[2]);
    });

    it('should stop after two hundred connections, and go on behind them', async () => {
      await store.query(
        `INSERT INTO powens_outbox (id, instance, tenant, owner_id, type, order_key, payload, status, deliveries, created_at, available_at)
         SELECT gen_random_uuid(), 'default', '', 'ann', 'connection.synced', lpad(i::text, 32, '0')::uuid, '{}', 'pending', 0, now(),
           now() + interval '1 hour' FROM generate_series(1, 250) i`,
      );
      const keyOf = (index: number): string => `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`;
      expect(await walk()).toEqual([[], keyOf(200)]);
      expect(await walk(keyOf(200))).toEqual([[], null]);
    });
  });

  it('should give each message to one of many relays', async () => {
    for (const order_key of KEYS) await put({ order_key });
    const claims = await Promise.all(Array.from({ length: 6 }, async () => claim()));
    expect(claims.flat().sort()).toEqual([...new Set(claims.flat())].sort());
  });

  describe('a message that is held', () => {
    let held: ClaimedMessage;
    let heldRow: Row;
    let leaseToken: string;
    let other: Row;

    beforeEach(async () => {
      heldRow = await put({ order_key: KEYS[0] });
      const request = lease();
      ({ leaseToken } = request);
      [held] = (await outbox.claim(request)).messages as [ClaimedMessage];
      other = await put({ order_key: KEYS[1], lease_token: randomUUID(), leased_until: ahead('1 minute') });
    });

    const free = { lease_token: null, leased_until: null };
    const changes: [string, (token: string) => Promise<unknown>, object][] = [
      [
        'delivered',
        async (token) =>
          outbox.acknowledge([held, other].map(({ position }) => ({ position, leaseToken: token }))),
        { status: 'delivered', ...free },
      ],
      [
        'put off',
        async (token) => outbox.postpone({ leaseToken: token, position: held.position }, 90_000, new Set()),
        { status: 'pending', ...free },
      ],
      [
        'set aside',
        async (token) => outbox.deadLetter({ leaseToken: token, position: held.position }, new Set()),
        { status: 'dead', ...free },
      ],
      [
        'held for longer',
        async (token) => outbox.extend([{ position: held.position, leaseToken: token }], 600),
        {},
      ],
    ];

    it.each(changes)('should be %s by its holder, and by nobody else', async (_, change, after) => {
      const before = await row(heldRow);
      await change(randomUUID());
      expect(await row(heldRow)).toEqual(before);
      await change(leaseToken);
      const changed = await row(heldRow);
      expect(changed).not.toEqual(before);
      expect(changed).toMatchObject(after);
      expect(await row(other)).toEqual(other);
      const isOver = changed?.status !== 'pending';
      expect(changed?.completed_at !== null).toBe(isOver);
      await store.query(`UPDATE powens_outbox SET status = 'dead', lease_token = $1 WHERE id = $2`, [
        leaseToken,
        heldRow.id,
      ]);
      const over = await row(heldRow);
      await change(leaseToken);
      expect(await row(heldRow)).toEqual(over);
    });

    it('should be due after the time that it was put off for', async () => {
      await outbox.postpone({ leaseToken, position: held.position }, 90_000, new Set());
      const [left] = await store.query<{ seconds: number }>(
        `SELECT extract(epoch FROM available_at - now())::float8 AS seconds FROM powens_outbox WHERE id = $1`,
        [heldRow.id],
      );
      expect(left?.seconds).toBeGreaterThan(60);
      expect(left?.seconds).toBeLessThanOrEqual(90);
    });
  });

  it('should remove everything that tells of an owner, and of nobody else', async () => {
    const owned = { owner_id: 'ann', tenant: 'north' };
    await put(owned);
    const kept = [
      await put({ owner_id: 'ann' }),
      await put({ tenant: 'north' }),
      await put({ ...owned, instance: 'second' }),
    ];
    await store.write((tx) => {
      outbox.eraseOwner({ id: 'ann', tenant: 'north' }, tx);
    });
    expect(await store.query('SELECT * FROM powens_outbox ORDER BY position')).toEqual(kept);
  });

  it('should remove what is over for long, the oldest first, and the farewell of an owner at once', async () => {
    const over = { status: 'delivered' };
    const oldest = await put({ ...over, completed_at: ago('40 days') });
    const old = await put({ ...over, completed_at: ago('35 days') });
    const farewell = await put({ ...over, type: 'user.deleted', completed_at: ago('1 minute') });
    const kept = [
      await put({ ...over, completed_at: ago('20 days') }),
      await put({ ...over, completed_at: ago('40 days'), instance: 'second' }),
      await put({ ...over, type: 'user.deleted', completed_at: ago('1 minute'), instance: 'second' }),
      await put({ type: 'user.deleted' }),
      await put({ available_at: ago('40 days'), created_at: ago('40 days') }),
    ];
    await outbox.purge(30, 1);
    expect(await row(oldest)).toBeUndefined();
    expect(await row(old)).toBeDefined();
    expect(await row(farewell)).toBeUndefined();
    await outbox.purge(30, 10);
    expect(await row(old)).toBeUndefined();
    for (const each of kept) expect(await row(each)).toEqual(each);
  });
});

function positionsOf(messages: readonly ClaimedMessage[]): string[] {
  return messages.map(({ position }) => position);
}
