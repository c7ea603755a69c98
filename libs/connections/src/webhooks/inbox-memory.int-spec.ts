import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ago, type Store } from '../database/__support__/store.js';
import { useStore } from '../database/__support__/use-store.js';
import { InboxRepository } from './inbox.repository.js';

interface Row {
  readonly position: string;
  readonly body: Buffer | null;
}

describe('what the inbox remembers', () => {
  let store: Store;
  let inbox: InboxRepository;

  useStore((opened) => {
    store = opened;
    inbox = new InboxRepository(store.database);
  });

  const put = async (values: object = {}): Promise<Row> =>
    store.put<Row>('inbox', { body: Buffer.from('{}'), ...values });
  const left = async (): Promise<Row[]> => store.query<Row>('SELECT * FROM powens_inbox ORDER BY position');

  it.each([
    ['of this user', {}, true],
    ['of a user it does not name', { powens_user_id: null }, true],
    ['of another user', { powens_user_id: '413' }, false],
    ['of another connection', { powens_connection_id: '18' }, false],
    ['of another instance', { instance: 'second' }, false],
    ['that is not processed yet', { status: 'pending' }, false],
    ['and not a synchronisation', { event: 'CONNECTION_SYNCED' }, false],
  ])('should be a deletion %s, or not [WH-09]', async (_, values, isDeleted) => {
    const deletion = {
      event: 'CONNECTION_DELETED',
      status: 'processed',
      powens_connection_id: '17',
      powens_user_id: '412',
    };
    await put({ ...deletion, ...values });
    expect(await inbox.wasDeleted('17', '412')).toBe(isDeleted);
  });

  it('should be a body while it is kept, for its instance', async () => {
    const { position } = await put({ powens_user_id: '412', encoding: 'gzip' });
    const bare = await put({ body: null });
    expect(await inbox.findBody(position)).toEqual({
      ...{ powensUserId: '412', body: Buffer.from('{}'), encoding: 'gzip' },
    });
    expect(await inbox.findBody(bare.position)).toBeNull();
    const elsewhere = new InboxRepository(store.ofInstance('second'));
    expect(await elsewhere.findBody(position)).toBeNull();
    expect(await inbox.findBody('0')).toBeNull();
  });

  it('should be no summary and no body of a message that has none', async () => {
    await put({ summary: null, body: null });
    const { message } = await inbox.claim({ leaseToken: randomUUID(), leaseSeconds: 60 });
    expect(message).toMatchObject({ summary: null, hasBody: false });
  });

  it('should be nothing of a user who is erased and of its connections, and all of the others', async () => {
    const [own, other] = [await store.put('user'), await store.put('user')];
    await store.put('connection', { user_id: own.id, powens_connection_id: '17' });
    await store.put('connection', { user_id: other.id, powens_connection_id: '18' });
    await put({ powens_user_id: '412' });
    await put({ powens_connection_id: '17' });
    const kept = [
      await put({ powens_user_id: '413', powens_connection_id: '18' }),
      await put({ powens_user_id: '412', instance: 'second' }),
      await put({ powens_connection_id: '17', instance: 'second' }),
      await put(),
    ];
    const erase = async (powensUserId: string | null): Promise<void> =>
      store.write((tx) => {
        inbox.eraseUser({ userId: own.id, powensUserId }, tx);
      });
    await erase('412');
    expect((await left()).slice(0, 4)).toEqual(kept);
    expect(await left()).toHaveLength(5);
    await erase('412');
    await erase(null);
    expect(await left()).toHaveLength(5);
  });

  it('should be bodies for some days and rows for more, the oldest removed first', async () => {
    const over = { status: 'processed' };
    const [oldest, old, recent] = [
      await put({ ...over, received_at: ago('40 days') }),
      await put({ ...over, received_at: ago('35 days') }),
      await put({ ...over, received_at: ago('10 days') }),
    ];
    const kept = [
      await put({ ...over, received_at: ago('3 days') }),
      await put({ received_at: ago('40 days') }),
      await put({ ...over, received_at: ago('40 days'), instance: 'second' }),
    ];
    const positions = async (): Promise<string[]> => (await left()).map(({ position }) => position);
    await inbox.purge({ body: 7, row: 30 }, 1);
    expect(await positions()).toEqual([old, recent, ...kept].map(({ position }) => position));
    await inbox.purge({ body: 7, row: 30 }, 10);
    expect(await positions()).not.toContain(old.position);
    expect(await positions()).not.toContain(oldest.position);
    const [first, ...others] = await left();
    expect(first).toMatchObject({ position: recent.position, body: null });
    expect(others).toEqual(kept);
  });

  it('should be bodies and rows removed by their age, whatever the order of the rows', async () => {
    const over = { status: 'processed' };
    const old = await put({ ...over, received_at: ago('35 days') });
    await put({ ...over, received_at: ago('40 days'), body: null });
    const recent = await put({ ...over, received_at: ago('8 days') });
    const older = await put({ ...over, received_at: ago('9 days') });
    await put({ ...over, received_at: ago('10 days'), body: null });
    await inbox.purge({ body: 36, row: 30 }, 1);
    expect((await left()).map(({ position }) => position)).toContain(old.position);
    await inbox.purge({ body: 7, row: 30 }, 1);
    await inbox.purge({ body: 7, row: 30 }, 1);
    const bodies = new Map((await left()).map(({ position, body }) => [position, body !== null]));
    expect(bodies.get(older.position)).toBe(false);
    expect(bodies.get(recent.position)).toBe(true);
  });

  it('should be how long a message has waited, in seconds', async () => {
    await put({ received_at: ago('1 hour') });
    const { message } = await inbox.claim({ leaseToken: randomUUID(), leaseSeconds: 60 });
    expect(Math.floor((message?.ageSeconds ?? 0) / 3600)).toBe(1);
  });

  it('should be no tenant of a message without an owner', async () => {
    await put({ tenant: 'north' });
    const { message } = await inbox.claim({ leaseToken: randomUUID(), leaseSeconds: 60 });
    await store.write((tx) => {
      if (message !== null) inbox.acknowledge(message, { outcome: 'processed', owner: null }, tx);
    });
    expect(await left()).toEqual([expect.objectContaining({ tenant: '', status: 'processed' })]);
  });

  it('should be where a walk over many keys continues', async () => {
    await store.query(
      `INSERT INTO powens_inbox (instance, tenant, event, dedupe_key, order_key, encoding, status, tries, received_at, available_at)
       SELECT 'default', '', 'CONNECTION_SYNCED', i::text, lpad(i::text, 4, '0'), 'identity', 'pending', 0, now(),
         now() + interval '1 hour' FROM generate_series(1, 250) i`,
    );
    const lease = (): { leaseToken: string; leaseSeconds: number } => ({
      leaseToken: randomUUID(),
      leaseSeconds: 60,
    });
    expect(await inbox.claimByWalk(lease(), null)).toEqual({ message: null, after: '0200' });
    expect(await inbox.claimByWalk(lease(), '0200')).toEqual({ message: null, after: null });
    await store.query('UPDATE powens_inbox SET available_at = now()');
    expect(await inbox.claim(lease())).toMatchObject({ complete: false });
  });
});
