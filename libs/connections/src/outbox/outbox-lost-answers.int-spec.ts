import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ago, Store } from '../database/__support__/store.js';
import { OutboxRepository } from './outbox.repository.js';

/** Statements that change nothing when they run again: an answer that was lost must not become a failure. */
describe('the outbox of a process that loses an answer of the database', () => {
  let store: Store;
  let outbox: OutboxRepository;
  let position: string;
  let id: string;
  const leaseToken = randomUUID();

  beforeAll(async () => {
    store = await Store.open();
    outbox = new OutboxRepository(store.losingAnswers());
  });

  beforeEach(async () => {
    await store.empty();
    ({ id } = await store.put('outbox'));
    const { messages } = await new OutboxRepository(store.database).claim({
      leaseToken,
      leaseSeconds: 60,
      limit: 1,
    });
    position = messages[0]?.position ?? '';
  });

  afterAll(async () => {
    await store.close();
  });

  it.each([
    ['acknowledge', async () => outbox.acknowledge([{ position, leaseToken }]), 'delivered'],
    ['postpone', async () => outbox.postpone({ leaseToken, position }, 1000, new Set()), 'pending'],
    ['deadLetter', async () => outbox.deadLetter({ leaseToken, position }, new Set()), 'dead'],
    ['extend', async () => outbox.extend([{ position, leaseToken }], 600), 'pending'],
  ] as const)('should go on, and change the row once: %s', async (_, change, status) => {
    const before = await store.find('outbox', id);
    await change();
    const after = await store.find('outbox', id);
    expect(after).toMatchObject({ status, deliveries: 1 });
    expect(after).not.toEqual(before);
  });

  it('should go on removing what is over', async () => {
    await store.put('outbox', { status: 'delivered', completed_at: ago('40 days') });
    await store.put('outbox', { status: 'delivered', completed_at: ago('1 minute'), type: 'user.deleted' });
    await outbox.purge(30, 10);
    expect(await store.query('SELECT id FROM powens_outbox')).toEqual([{ id }]);
  });
});
