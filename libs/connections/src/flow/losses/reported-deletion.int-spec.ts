import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import { LossRepository } from '../../custody/losses/loss.repository.js';
import { ago, ahead } from '../../database/__support__/store.js';
import { LossPolicy } from './loss-policy.service.js';
import { LossesUnderTest } from './__support__/losses-under-test.js';

describe(`${LossPolicy.name}: a connection that Powens reports as deleted`, () => {
  let world: LossesUnderTest;
  let owner: { id: string; powens_user_id: string };

  beforeAll(async () => {
    world = await LossesUnderTest.open();
  });

  beforeEach(async () => {
    await world.empty();
    owner = await world.store.put('user', { owner_id: 'ann', tenant: 'north' });
  });

  afterAll(async () => {
    await world.store.close();
  });

  const put = async (values: object): Promise<{ id: string; powens_connection_id: string }> =>
    world.store.put('connection', { user_id: owner.id, owner_id: 'ann', tenant: 'north', ...values });
  const rows = async (): Promise<unknown[]> =>
    world.store.query(`SELECT id, status, removal_reason AS reason, revision,
      round(extract(epoch FROM remove_at - now()) / 86400)::int AS days FROM powens_connection`);

  /** Takes over what the webhook says, as its processing does. */
  async function reported(): Promise<void> {
    const { database } = world.store;
    const [local] = await new ConnectionChangesRepository(database).findEveryOf(owner.id);
    const user = await new LossRepository(database).findUser(owner.id);
    if (local === undefined || user === null) throw new Error('nothing to delete');
    const { policy, events } = world.services({ rememberDays: 7 });
    await events.run(policy.deletionOf(local, user));
  }

  it('should take it out of use at once, remember it, and notify its owner', async () => {
    const { id, powens_connection_id } = await put({ status: 'active' });
    await reported();
    expect(await rows()).toEqual([{ id, status: 'gone', reason: 'deleted_at_powens', revision: 2, days: 7 }]);
    expect(await world.events()).toEqual([
      expect.objectContaining({
        type: 'connection.deleted',
        ownerId: 'ann',
        tenant: 'north',
        attemptId: null,
        powensUserId: owner.powens_user_id,
        connectionId: id,
        powensConnectionId: powens_connection_id,
        data: { reason: 'gone_at_powens' },
      }),
    ]);
  });

  it('should notify the owner of one in quarantine, too, and keep nothing of it', async () => {
    const { id } = await put({
      status: 'unconfirmed',
      remove_at: ahead('1 day'),
      unconfirmed_since: ago('1 hour'),
    });
    await reported();
    expect(await rows()).toEqual([]);
    expect(await world.events()).toMatchObject([{ type: 'connection.deleted', connectionId: id }]);
  });

  it('should note it of one that is out of use already, for as long as that is remembered, and notify nobody', async () => {
    const { id } = await put({
      status: 'gone',
      removal_reason: 'gone_at_powens',
      remove_at: ahead('3 days'),
    });
    await reported();
    expect(await rows()).toEqual([{ id, status: 'gone', reason: 'deleted_at_powens', revision: 2, days: 3 }]);
    expect(await world.events()).toEqual([]);
  });
});
