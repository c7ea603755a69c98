import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { NOW } from '../../database/__support__/store.js';
import type { LossPolicy, NotFound } from './loss-policy.service.js';
import { LossesUnderTest } from './__support__/losses-under-test.js';

interface UserRow {
  id: string;
  sealed_token: string;
}

describe('the loss policy at its limit, and at the end of a loss', () => {
  let world: LossesUnderTest;
  let policy: LossPolicy;
  let owner: UserRow;
  let connection: { id: string };

  beforeAll(async () => {
    world = await LossesUnderTest.open();
  });

  beforeEach(async () => {
    await world.empty();
    ({ policy } = world.services());
    owner = await world.store.put<UserRow>('user', { owner_id: 'ann', tenant: 'north' });
    connection = await world.store.put('connection', { user_id: owner.id });
  });

  afterAll(async () => {
    await world.store.close();
  });

  const missing = (more: Partial<NotFound> = {}): NotFound => ({
    subject: 'connection',
    subjectId: connection.id,
    userId: owner.id,
    evidence: 'connection_not_found',
    ...more,
  });
  const lossStatus = async (): Promise<string[]> =>
    (await world.store.query<{ status: string }>('SELECT status FROM powens_loss')).map(
      ({ status }) => status,
    );

  it('should stop at the limit, and apply what a person approves', async () => {
    const none = world.services({ maxPerDay: 0 }).policy;
    const second = await world.store.put('connection', { user_id: owner.id });
    const looks = [missing(), missing({ subjectId: second.id })];
    for (const look of looks) expect(await none.notFound({ ...look, ownerWasPresent: true })).toBe('held');
    expect(await none.count()).toEqual({ suspected: 0, held: 2 });
    const listed = await none.list();
    expect(listed.map(({ status }) => status)).toEqual(['held', 'held']);
    expect((await none.openOf(owner.id)).map(({ id }) => id).sort()).toEqual(
      listed.map(({ id }) => id).sort(),
    );
    expect(await none.approve([listed[0]?.id ?? ''])).toBe(1);
    expect(await none.approve(null)).toBe(1);
    expect(await none.approve(null)).toBe(0);
    expect(await world.store.query(`SELECT 1 FROM powens_connection WHERE status = 'active'`)).toEqual([]);
  });

  describe('what Powens found', () => {
    it('should end what is noted of it', async () => {
      await policy.notFound(missing());
      await policy.found([connection.id]);
      expect(await lossStatus()).toEqual(['recovered']);
      await policy.found([]);
    });

    it.each([
      ['lost', { status: 'lost', status_reason: 'user_gone' }, 'active'],
      ['revoked, since its token was refused', { status: 'revoked', status_reason: 'token_lost' }, 'active'],
      ['revoked on request', { status: 'revoked' }, 'revoked'],
      ['in use', { status: 'active' }, 'active'],
    ])('should take a user into use again that is %s, or not', async (_, values, after) => {
      const row = await world.store.put<UserRow>('user', values);
      await world.store.put('loss', {
        subject: 'user',
        subject_id: row.id,
        status: 'applied',
        ended_at: NOW,
      });
      await policy.foundUser({ userId: row.id, status: values.status as 'lost' }, row.sealed_token);
      expect(await world.store.find('user', row.id)).toMatchObject({ status: after });
      expect(await lossStatus()).toEqual(['recovered']);
    });
  });

  it('should say so once when the limit is reached, as an error, and of every loss that is applied', async () => {
    const lines: string[] = [];
    for (const level of ['error', 'warn', 'log'] as const) {
      vi.spyOn(Logger.prototype, level).mockImplementation(function (
        this: { context?: string },
        text: unknown,
      ) {
        // A busy machine lets the database have something to say, too.
        if (this.context === 'ConnectionsLosses') lines.push(`${level} ${String(text)}`);
      });
    }
    await policy.notFound(missing({ ownerWasPresent: true }));
    const none = world.services({ maxPerDay: 0 }).policy;
    for (let count = 0; count < 2; count += 1) {
      const { id } = await world.store.put('connection', { user_id: owner.id });
      await none.notFound(missing({ subjectId: id, ownerWasPresent: true }));
    }
    await world.store.put('loss', { subject: 'user', subject_id: owner.id, status: 'suspected' });
    await policy.foundUser({ userId: owner.id, status: 'lost' }, owner.sealed_token);
    await world.store.query(`UPDATE powens_user SET status = 'lost', status_reason = 'user_gone'`);
    await policy.foundUser({ userId: owner.id, status: 'lost' }, owner.sealed_token);
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['warn', 'error', 'log']);
    expect(lines[1]).toContain('approveLosses()');
  });
});
