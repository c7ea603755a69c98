import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ago, Store } from '../database/__support__/store.js';
import type { InboxMessage } from './inbox-message.js';
import { InboxRepository } from './inbox.repository.js';

/** Statements that change nothing when they run again: an answer that was lost must not become a failure. */
describe('the inbox of a process that loses an answer of the database', () => {
  let store: Store;
  let inbox: InboxRepository;
  let message: InboxMessage;

  beforeAll(async () => {
    store = await Store.open();
    inbox = new InboxRepository(store.losingAnswers());
  });

  beforeEach(async () => {
    await store.empty();
    await store.put('inbox', { body: Buffer.from('{}') });
    const claimed = await new InboxRepository(store.database).claim({
      leaseToken: randomUUID(),
      leaseSeconds: 60,
    });
    message = claimed.message as InboxMessage;
  });

  afterAll(async () => {
    await store.close();
  });

  const rows = async (): Promise<Record<string, unknown>[]> =>
    store.query('SELECT * FROM powens_inbox ORDER BY position');

  it('should keep a webhook that arrives, once', async () => {
    await inbox.insert({
      ...{ instance: 'default', event: 'CONNECTION_SYNCED', dedupeKey: '90211', orderKey: 'connection:17' },
      ...{
        powensUserId: '412',
        powensConnectionId: '17',
        summary: { root: {}, user: {}, connection: {}, ownership: {} },
      },
      body: null,
    });
    expect((await rows()).map(({ dedupe_key: key }) => key)).toEqual([expect.any(String), '90211']);
  });

  it.each([
    ['extend', async () => inbox.extend(message, 600), { status: 'pending', tries: 1 }],
    ['postpone', async () => inbox.postpone(message, 1000, false), { status: 'pending', tries: 0 }],
    ['fail', async () => inbox.fail(message, 'dead', 'busy'), { status: 'dead', tries: 1 }],
  ] as const)('should go on, and change the row once: %s', async (_, change, expected) => {
    const [before] = await rows();
    await change();
    const [after] = await rows();
    expect(after).toMatchObject(expected);
    expect(after).not.toEqual(before);
  });

  it('should go on removing what is over', async () => {
    await store.put('inbox', {
      status: 'processed',
      received_at: ago('40 days'),
      completed_at: ago('40 days'),
    });
    await inbox.purge({ body: 7, row: 30 }, 10);
    expect(await rows()).toHaveLength(1);
  });
});
