import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ago, ahead, NOW, type Store } from '../database/__support__/store.js';
import { useStore } from '../database/__support__/use-store.js';
import { erasureMarkOf } from './inbox-entry.js';
import type { InboxMessage, NewInboxMessage } from './inbox-message.js';
import { InboxRepository } from './inbox.repository.js';

interface Row {
  readonly position: string;
  readonly status: string;
  readonly tries: number;
  readonly summary: string | null;
  readonly body: Buffer | null;
  readonly lease_token: string | null;
  readonly completed_at: Date | null;
  readonly available_at: Date;
}

const SUMMARY = { root: { id: '1' }, user: {}, connection: {}, ownership: {} };
const KEPT = { summary: JSON.stringify(SUMMARY), body: Buffer.from('{}') };

describe(InboxRepository.name, () => {
  let store: Store;
  let inbox: InboxRepository;

  useStore((opened) => {
    store = opened;
    inbox = new InboxRepository(store.database);
  });

  const put = async (values: object = {}): Promise<Row> => store.put<Row>('inbox', { ...KEPT, ...values });
  const all = async (): Promise<Row[]> => store.query<Row>('SELECT * FROM powens_inbox ORDER BY position');
  const row = async ({ position }: { position: string }): Promise<Row | undefined> =>
    (await all()).find((each) => each.position === position);
  const lease = (): { leaseToken: string; leaseSeconds: number } => ({
    leaseToken: randomUUID(),
    leaseSeconds: 60,
  });
  const held = async (values: object = {}): Promise<InboxMessage> => {
    await put({ ...values, available_at: ago('1 hour') });
    const { message } = await inbox.claim(lease());
    if (message === null) throw new Error('nothing was claimed');
    return message;
  };
  const stolen = (message: InboxMessage): InboxMessage => ({ ...message, leaseToken: randomUUID() });

  describe('a webhook that arrives', () => {
    const arriving = (more: Partial<NewInboxMessage> = {}): NewInboxMessage => ({
      ...{ instance: 'default', event: 'CONNECTION_SYNCED', dedupeKey: '90211', orderKey: 'connection:17' },
      ...{ powensUserId: '412', powensConnectionId: '17', summary: SUMMARY },
      body: { bytes: Buffer.from('{}'), encoding: 'gzip' },
      ...more,
    });

    it('should be kept once, with all that processing needs [WH-06]', async () => {
      expect(await inbox.insert(arriving())).toBe(true);
      expect(await inbox.insert(arriving({ orderKey: 'other' }))).toBe(false);
      expect(await inbox.insert(arriving({ instance: 'second' }))).toBe(true);
      expect(await inbox.insert(arriving({ dedupeKey: '90212', body: null }))).toBe(true);
      expect(await all()).toMatchObject([
        {
          ...{
            order_key: 'connection:17',
            powens_user_id: '412',
            powens_connection_id: '17',
            status: 'pending',
          },
          ...{ ...KEPT, encoding: 'gzip', tries: 0, event: 'CONNECTION_SYNCED', instance: 'default' },
        },
        { instance: 'second' },
        { body: null, encoding: 'identity' },
      ]);
    });

    it('should leave nothing but that it came when its user was erased, and only here', async () => {
      const { id: userId } = await store.put('user', { powens_user_id: '412' });
      await store.write((tx) => {
        inbox.eraseUser({ userId, powensUserId: '412' }, tx);
      });
      await inbox.insert(arriving());
      await inbox.insert(arriving({ instance: 'second' }));
      await inbox.insert(arriving({ dedupeKey: '90212', powensUserId: '413' }));
      const [mark, erased, ...kept] = await all();
      expect(mark).toMatchObject({
        dedupe_key: erasureMarkOf('default', '412'),
        status: 'processed',
        body: null,
      });
      expect(erased).toMatchObject({
        ...{ status: 'ignored', order_key: '90211', powens_user_id: null, powens_connection_id: null },
        ...{ summary: null, body: null },
      });
      expect(kept.map(({ status }) => status)).toEqual(['pending', 'pending']);
    });
  });

  describe('a claim', () => {
    it('should take the oldest of a key that is due, with what it is about', async () => {
      const first = await put({
        order_key: 'a',
        powens_user_id: '412',
        powens_connection_id: '17',
        available_at: ago('1 hour'),
      });
      await put({ order_key: 'a', available_at: ago('2 hours') });
      await put({ order_key: 'b', available_at: ahead('1 hour') });
      await put({ order_key: 'c', instance: 'second' });
      await put({ order_key: 'd', status: 'processed' });
      const request = lease();
      const { message, complete } = await inbox.claim(request);
      expect(complete).toBe(true);
      expect(message).toMatchObject({
        ...{ position: first.position, event: 'CONNECTION_SYNCED', orderKey: 'a', powensUserId: '412' },
        ...{
          powensConnectionId: '17',
          summary: SUMMARY,
          hasBody: true,
          leaseToken: request.leaseToken,
          tries: 1,
        },
      });
      expect(message?.ageSeconds).toBeGreaterThanOrEqual(0);
      expect(await inbox.claim(lease())).toEqual({ message: null, complete: true });
    });

    it('should walk from key to key, and take the next of one key', async () => {
      for (const order_key of ['a', 'b', 'b']) await put({ order_key });
      const { message, after } = await inbox.claimByWalk(lease(), 'a');
      expect([message?.orderKey, after]).toEqual(['b', null]);
      expect(await inbox.claimNextOf(lease(), 'b')).toBeNull();
      expect((await inbox.claimNextOf(lease(), 'a'))?.orderKey).toBe('a');
      await put({ order_key: 'd' });
      expect(await inbox.claimNextOf(lease(), 'c')).toBeNull();
    });
  });

  describe('a message that is held', () => {
    it('should be held for longer by its holder, and by nobody else', async () => {
      const message = await held();
      expect(await inbox.extend(stolen(message), 600)).toBe(false);
      expect(await inbox.extend(message, 600)).toBe(true);
      const left = ((await row(message))?.available_at.getTime() ?? 0) - Date.now();
      expect(left).toBeGreaterThan(500_000);
    });

    it.each([
      ['processed', null, KEPT.body],
      ['ignored', null, null],
      ['unconfirmed', KEPT.summary, KEPT.body],
    ] as const)('should end as %s with its transaction, once', async (outcome, summary, body) => {
      const message = await held();
      const settle = async (of: InboxMessage): Promise<void> =>
        store.write((tx) => {
          inbox.acknowledge(of, { outcome, owner: { id: 'ann', tenant: 'north' } }, tx);
        });
      await expect(settle(stolen(message))).rejects.toMatchObject({ code: 'busy' });
      await settle(message);
      const over = await row(message);
      expect(over).toMatchObject({ status: outcome, tenant: 'north', summary, body, lease_token: null });
      expect(over?.completed_at).not.toBeNull();
      await expect(settle(message)).rejects.toMatchObject({ code: 'busy' });
    });

    it.each([
      [true, 1],
      [false, 0],
    ])('should be put off, and its try counted (%s) or not', async (counts, tries) => {
      const message = await held();
      await inbox.postpone(stolen(message), 90_000, counts);
      expect((await row(message))?.lease_token).toBe(message.leaseToken);
      await inbox.postpone(message, 90_000, counts);
      const after = await row(message);
      expect(after).toMatchObject({ status: 'pending', tries, lease_token: null });
      expect((after?.available_at.getTime() ?? 0) - Date.now()).toBeGreaterThan(30_000);
      expect((after?.available_at.getTime() ?? 0) - Date.now()).toBeLessThan(120_000);
    });

    it.each(['parked', 'dead'] as const)(
      'should be %s with the reason, and without its content',
      async (status) => {
        const message = await held();
        await inbox.fail(stolen(message), status, 'busy');
        expect((await row(message))?.status).toBe('pending');
        await inbox.fail(message, status, 'busy');
        expect(await row(message)).toMatchObject({
          status,
          error_code: 'busy',
          body: null,
          summary: null,
          lease_token: null,
        });
      },
    );
  });

  describe('messages of a connection that nobody confirmed', () => {
    const aside = { status: 'unconfirmed', powens_connection_id: '17', completed_at: NOW, tries: 3 };
    const others = [{ powens_connection_id: '18' }, { instance: 'second' }, { status: 'processed' }];
    const putAll = async (): Promise<[Row, Row[]]> => {
      const own = await put(aside);
      const kept: Row[] = [];
      for (const values of others) kept.push(await put({ ...aside, ...values }));
      return [own, kept];
    };

    it.each([
      [
        'that is confirmed',
        async (): Promise<void> =>
          store.write((tx) => {
            inbox.release(['17'], tx);
          }),
      ],
      [
        'that was confirmed in that moment',
        async (): Promise<void> => {
          const { id: user_id } = await store.put('user');
          await store.put('connection', { user_id, powens_connection_id: '17' });
          await store.put('connection', { user_id, powens_connection_id: '18', status: 'unconfirmed' });
          await store.put('connection', { user_id, powens_connection_id: '18', instance: 'second' });
          await inbox.releaseConfirmed();
        },
      ],
    ])('should wait again in their order, of one %s', async (_, release) => {
      const [own, kept] = await putAll();
      await release();
      expect(await row(own)).toMatchObject({ status: 'pending', completed_at: null, tries: 0 });
      for (const each of kept) expect(await row(each)).toEqual(each);
    });

    it('should be ignored without their content when it is removed', async () => {
      const [own, kept] = await putAll();
      await store.write((tx) => {
        inbox.discard('17', tx);
      });
      expect(await row(own)).toMatchObject({ status: 'ignored', body: null, summary: null });
      for (const each of kept) expect(await row(each)).toEqual(each);
    });
  });
});
