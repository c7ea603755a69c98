import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ago } from '../../database/__support__/store.js';
import type { LossEvidence, LossSubject } from '../../custody/losses/loss.js';
import { ConnectionsError } from '../../errors/index.js';
import { LossRepository } from '../../custody/losses/loss.repository.js';
import { LossPolicy, type NotFound } from './loss-policy.service.js';
import { LossesUnderTest } from './__support__/losses-under-test.js';

interface UserRow {
  id: string;
  owner_id: string;
  tenant: string;
  powens_user_id: string;
  sealed_token: string;
}
interface ConnectionRow {
  id: string;
  powens_connection_id: string;
  state: string | null;
}

const EVIDENCE: Record<LossSubject, LossEvidence> = {
  connection: 'connection_not_found',
  user: 'user_not_found',
  token: 'token_refused',
};

describe(LossPolicy.name, () => {
  let world: LossesUnderTest;
  let policy: LossPolicy;
  let owner: UserRow;
  let connection: ConnectionRow;

  beforeAll(async () => {
    world = await LossesUnderTest.open();
  });

  beforeEach(async () => {
    await world.empty();
    ({ policy } = world.services());
    owner = await world.store.put<UserRow>('user', { owner_id: 'ann', tenant: 'north' });
    connection = await world.store.put<ConnectionRow>('connection', {
      user_id: owner.id,
      state: 'wrongpass',
    });
  });

  afterAll(async () => {
    await world.store.close();
  });

  const subjectId = (subject: LossSubject): string => (subject === 'connection' ? connection.id : owner.id);
  const missing = (subject: LossSubject, more: Partial<NotFound> = {}): NotFound => ({
    subject,
    subjectId: subjectId(subject),
    userId: owner.id,
    evidence: EVIDENCE[subject],
    ...more,
  });
  /** As if the first look lay so long ago. */
  const age = async (interval: string): Promise<void> => {
    await world.store.query(`UPDATE powens_loss SET first_seen_at = now() - interval '${interval}'`);
  };
  const lossStatus = async (): Promise<string[]> =>
    (await world.store.query<{ status: string }>('SELECT status FROM powens_loss')).map(
      ({ status }) => status,
    );
  const user = async (): Promise<unknown> => world.store.find('user', owner.id);
  const stored = async (): Promise<unknown> => world.store.find('connection', connection.id);

  it.each(['connection', 'user', 'token'] as const)(
    'should take a %s out of use on the second look a day later, and not before',
    async (subject) => {
      expect(await policy.notFound(missing(subject))).toBe('suspected');
      expect(await policy.notFound(missing(subject))).toBe('suspected');
      await age('23 hours');
      expect(await policy.notFound(missing(subject))).toBe('suspected');
      expect(await user()).toMatchObject({ status: 'active' });
      expect(await stored()).toMatchObject({ status: 'active' });
      expect(await world.events()).toEqual([]);
      await age('25 hours');
      expect(await policy.notFound(missing(subject))).toBe('applied');
      expect(await lossStatus()).toEqual(['applied']);
      expect(world.wakes).toBe(1);
    },
  );

  it('should wait for as long as the option says', async () => {
    const hasty = world.services({ confirmAfterHours: 1 }).policy;
    expect(policy.confirmAfterSeconds).toBe(24 * 3600);
    expect(world.services({ confirmAfterHours: 0.0001 }).policy.confirmAfterSeconds).toBe(1);
    await hasty.notFound(missing('connection'));
    await age('2 hours');
    expect(await policy.notFound(missing('connection'))).toBe('suspected');
    expect(await hasty.notFound(missing('connection'))).toBe('applied');
  });

  it('should remember a connection, and tell its owner with what Powens last said of it', async () => {
    await policy.notFound(missing('connection', { ownerWasPresent: true }));
    const [days] = await world.store.query(
      `SELECT status, removal_reason, round(extract(epoch FROM remove_at - now()) / 86400)::int AS days
       FROM powens_connection`,
    );
    expect(days).toEqual({ status: 'gone', removal_reason: 'gone_at_powens', days: 30 });
    expect(await world.events()).toMatchObject([
      {
        type: 'connection.deleted',
        ownerId: 'ann',
        tenant: 'north',
        powensUserId: owner.powens_user_id,
        connectionId: connection.id,
        powensConnectionId: connection.powens_connection_id,
        attemptId: null,
        data: { reason: 'gone_at_powens' },
      },
    ]);
  });

  it('should remember a user with its connections, drop what it began, and tell its owner once', async () => {
    const [open, other] = [
      await world.store.put('attempt', { owner_id: 'ann', tenant: 'north' }),
      await world.store.put('attempt', { owner_id: 'bob' }),
    ];
    const sealed = await world.store.put('attempt', {
      ...{ owner_id: 'ann', tenant: 'north', status: 'claimed', sealed_token: 'sealed' },
    });
    await policy.notFound(missing('user'));
    await age('25 hours');
    await policy.notFound(missing('user'));
    expect(await user()).toMatchObject({ status: 'lost', sealed_token: owner.sealed_token });
    expect(await stored()).toMatchObject({ status: 'gone', removal_reason: 'user_gone' });
    expect(await world.store.find('attempt', open.id)).toBeUndefined();
    expect(await world.store.find('attempt', other.id)).toBeDefined();
    expect(await world.store.find('attempt', sealed.id)).toMatchObject({ error_code: null });
    expect(await world.events()).toMatchObject([
      {
        ...{ type: 'user.deleted', ownerId: 'ann', tenant: 'north', data: { reason: 'gone_at_powens' } },
        ...{
          connectionId: null,
          powensConnectionId: null,
          attemptId: null,
          powensUserId: owner.powens_user_id,
        },
      },
    ]);
  });

  it('should keep a token that Powens refuses, and ask for a new login of every connection in use', async () => {
    await world.store.put('connection', { user_id: owner.id, status: 'unconfirmed' });
    await policy.notFound(missing('token'));
    await age('25 hours');
    await policy.notFound(missing('token'));
    expect(await user()).toMatchObject({
      ...{ status: 'revoked', status_reason: 'token_lost', sealed_token: owner.sealed_token },
    });
    expect(await stored()).toMatchObject({ status: 'active' });
    expect(await world.events()).toMatchObject([
      {
        type: 'connection.action_required',
        connectionId: connection.id,
        data: {
          ...{ state: 'wrongpass', previousState: 'wrongpass' },
          ...{ requiredAction: 'reconnect', reason: 'token_revoked' },
        },
      },
    ]);
  });

  it('should need no second look where the owner was there, within the limit all the same', async () => {
    expect(await policy.notFound(missing('connection', { ownerWasPresent: false }))).toBe('suspected');
    expect(await policy.notFound(missing('connection', { ownerWasPresent: true }))).toBe('applied');
    const next = await world.store.put('connection', { user_id: owner.id });
    const none = world.services({ maxPerDay: 0 }).policy;
    const look = missing('connection', { subjectId: next.id, ownerWasPresent: true });
    expect(await none.notFound(look)).toBe('held');
    expect(await world.store.find('connection', next.id)).toMatchObject({ status: 'active' });
  });

  it('should note nothing of what is not in use here', async () => {
    const look = missing('connection', { subjectId: randomUUID(), ownerWasPresent: true });
    expect(await policy.notFound(look)).toBe('suspected');
    expect(await lossStatus()).toEqual([]);
  });

  it('should go on with a loss that was granted when a process died, without asking for its place again', async () => {
    await world.store.put('loss', {
      subject_id: connection.id,
      status: 'granted',
      first_seen_at: ago('2 days'),
    });
    const none = world.services({ maxPerDay: 0 }).policy;
    expect(await none.notFound(missing('connection'))).toBe('applied');
  });

  it('should write nothing when what is lost changes at the same moment', async () => {
    await world.store.query(
      `UPDATE powens_user SET lease_token = gen_random_uuid(), leased_until = now() + interval '1 hour'`,
    );
    await policy.notFound(missing('user'));
    await age('25 hours');
    expect(await policy.notFound(missing('user'))).toBe('suspected');
    expect(await user()).toMatchObject({ status: 'active' });
    expect(await lossStatus()).toEqual(['granted']);
    expect(await world.events()).toEqual([]);
  });

  it.each([
    ['its connection', 'powens_connection'],
    ['the row of its user', 'powens_connection, powens_user'],
  ])('should not apply what was approved when %s is not there any more', async (_, tables) => {
    await world.store.put('loss', { subject_id: connection.id, user_id: owner.id, status: 'held' });
    for (const table of tables.split(', ')) await world.store.query(`DELETE FROM ${table}`);
    expect(await policy.approve(null)).toBe(0);
    expect(await world.events()).toEqual([]);
  });

  it.each(['user', 'token'] as const)('should not apply the loss of a %s without a row', async (subject) => {
    await world.store.put('loss', { subject, subject_id: randomUUID(), status: 'held' });
    expect(await policy.approve(null)).toBe(0);
    expect(await lossStatus()).toEqual(['granted']);
  });

  it('should tell of a database that fails, rather than of nothing', async () => {
    await policy.notFound(missing('connection'));
    await age('25 hours');
    const { database } = world.store;
    const fault = vi.spyOn(database, 'withSession').mockRejectedValue(new Error('away'));
    await expect(policy.notFound(missing('connection'))).rejects.toThrow('away');
    fault.mockRestore();
    const apply = vi.spyOn(LossRepository.prototype, 'apply');
    for (const error of [new Error('broken'), new ConnectionsError('commit_outcome_unknown', 'broken')]) {
      apply.mockImplementation(() => {
        throw error;
      });
      await expect(policy.notFound(missing('connection'))).rejects.toBe(error);
    }
    apply.mockRestore();
    expect(await stored()).toMatchObject({ status: 'active' });
  });
});
