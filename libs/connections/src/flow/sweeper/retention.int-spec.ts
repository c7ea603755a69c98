import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RemovalRepository } from '../../connections/removal.repository.js';
import { ErasureRepository } from '../../custody/erasure.repository.js';
import { LossRepository } from '../../custody/losses/loss.repository.js';
import { ago, ahead } from '../../database/__support__/store.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { OutboxRepository } from '../../outbox/outbox.repository.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';
import type { ErasureService } from '../erasure/erasure.service.js';
import { LossesUnderTest } from '../losses/__support__/losses-under-test.js';
import { Retention } from './retention.service.js';

describe(Retention.name, () => {
  let world: LossesUnderTest;
  let userId: string;
  /** Ids of the Powens users that were forgotten. */
  const forgotten: string[] = [];

  beforeAll(async () => {
    world = await LossesUnderTest.open();
  });

  beforeEach(async () => {
    await world.empty();
    forgotten.length = 0;
    ({ id: userId } = await world.store.put('user', { owner_id: 'ann' }));
  });

  afterAll(async () => {
    await world.store.close();
  });

  const LOST = { status: 'lost', status_reason: 'user_gone' };

  it('should come to everything whose time is over', async () => {
    const retention = retentionOf(world, forgotten);
    const lost = await world.store.put('user', LOST);
    const over = { subject: 'user', status: 'applied', ended_at: ago('30 days 1 hour') };
    await world.store.put('loss', { ...over, subject_id: lost.id, user_id: lost.id });
    const refused = await world.store.put('user', { status: 'revoked', status_reason: 'token_lost' });
    await world.store.put('loss', { ...over, subject: 'token', user_id: refused.id });
    const gone = { status: 'gone', removal_reason: 'gone_at_powens', user_id: userId };
    const stripped = await world.store.put('connection', {
      ...gone,
      state: 'bug',
      remove_at: ago('1 hour'),
    });
    const kept = await world.store.put('connection', { ...gone, state: 'bug', remove_at: ahead('1 hour') });
    const inUse = await world.store.put('connection', { user_id: userId, powens_connection_id: '99' });
    const aside = { status: 'unconfirmed', powens_connection_id: '99' };
    await world.store.put('inbox', aside);
    const ended = await world.store.put('loss', { status: 'recovered', ended_at: ago('32 days') });
    await retention.endLosses(() => false);
    expect(forgotten).toEqual([lost.id]);
    expect(await world.store.find('user', refused.id)).toMatchObject({ sealed_token: null });
    expect(await world.store.find('connection', stripped.id)).toMatchObject({
      state: null,
      remove_at: null,
    });
    expect(await world.store.find('connection', kept.id)).toMatchObject({ state: 'bug' });
    expect(await world.store.find('connection', inUse.id)).toMatchObject({ status: 'active' });
    expect(await world.store.query('SELECT status FROM powens_inbox')).toEqual([{ status: 'pending' }]);
    expect(await world.store.find('loss', ended.id)).toBeUndefined();
  });

  it('should stop before the next user when the process stops', async () => {
    const retention = retentionOf(world, forgotten);
    for (let count = 0; count < 3; count += 1) {
      const { id } = await world.store.put('user', LOST);
      const over = { subject: 'user', status: 'applied', ended_at: ago('31 days') };
      await world.store.put('loss', { ...over, subject_id: id, user_id: id });
    }
    const ended = await world.store.put('loss', { status: 'recovered', ended_at: ago('32 days') });
    await retention.endLosses(() => forgotten.length === 2);
    expect(forgotten).toHaveLength(2);
    expect(await world.store.find('loss', ended.id)).toBeDefined();
  });

  it('should forget every lost user in the end, also after weeks without a sweeper', async () => {
    const retention = retentionOf(world, forgotten);
    const over = { subject: 'user', status: 'applied', ended_at: ago('60 days') };
    const users = Array.from({ length: 52 }, async () => world.store.put('user', LOST));
    for (const { id } of await Promise.all(users)) {
      await world.store.put('loss', { ...over, subject_id: id, user_id: id });
    }
    await retention.endLosses(() => false);
    expect(forgotten).toHaveLength(50);
    await world.store.query(`DELETE FROM powens_user WHERE id = ANY('{${forgotten.join()}}')`);
    await retention.endLosses(() => false);
    expect(new Set(forgotten).size).toBe(52);
  });
});

const NO_TRAIL = { enabled: false, retentionDays: 400, anonymiseErased: true };

/** As a process makes it, on the database of the test; `forgotten` collects whom it would erase here. */
function retentionOf({ store: { database } }: LossesUnderTest, forgotten: string[]): Retention {
  const options = { instance: 'default', losses: { rememberDays: 30 } } as ResolvedOptions;
  const forget = async (userId: string): Promise<unknown> => Promise.resolve(forgotten.push(userId));
  return new Retention(
    options,
    new LossRepository(database),
    new RemovalRepository(database),
    new InboxRepository(database),
    new OutboxRepository(database),
    new ErasureRepository(database, { auditTrail: NO_TRAIL }),
    { forget } as unknown as ErasureService,
  );
}
