import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ago, ahead } from '../database/__support__/store.js';
import type { AttemptLease } from './attempt.js';
import { AttemptsUnderTest, heldBy, type StoredAttempt } from './__support__/attempts-under-test.js';

describe('the lease of an attempt', () => {
  let attempts: AttemptsUnderTest;
  let row: StoredAttempt;
  let other: StoredAttempt;
  let held: AttemptLease;
  let lost: AttemptLease;

  beforeAll(async () => {
    attempts = await AttemptsUnderTest.open();
  });

  beforeEach(async () => {
    await attempts.store.empty();
    held = { id: '', leaseToken: randomUUID() };
    row = await attempts.put({ ...heldBy(held.leaseToken), postponed: 1 });
    held = { ...held, id: row.id };
    lost = { id: row.id, leaseToken: randomUUID() };
    other = await attempts.put({ ...heldBy(randomUUID()) });
  });

  afterAll(async () => {
    await attempts.store.close();
  });

  const set = async (change: string): Promise<void> => {
    await attempts.store.query(`UPDATE powens_attempt SET ${change} WHERE id = $1`, [row.id]);
  };
  const untouched = async (): Promise<void> => {
    expect(await attempts.find(row)).toEqual(row);
    expect(await attempts.find(other)).toEqual(other);
  };
  const secondsLeft = async (): Promise<number> => {
    const [found] = await attempts.store.query<{ left: number }>(
      'SELECT extract(epoch FROM lease_expires_at - now())::float8 AS left FROM powens_attempt WHERE id = $1',
      [row.id],
    );
    return found?.left ?? 0;
  };

  describe('a token that was obtained', () => {
    it('should be kept with the attempt by the process that holds it; the code is used up', async () => {
      expect(await attempts.claims.keepToken(held, 'sealed token')).toBe('kept');
      expect(await attempts.find(row)).toMatchObject({ sealed_token: 'sealed token', sealed_code: null });
      expect(await attempts.find(other)).toEqual(other);
      expect(await attempts.claims.keepToken(held, 'another')).toBe('kept');
    });

    it('should be handed over to a holder that has none, and not take the place of one', async () => {
      expect(await attempts.claims.keepToken(lost, 'late')).toBe('handed_over');
      expect(await attempts.find(row)).toMatchObject({ sealed_token: 'late', lease_token: held.leaseToken });
      expect(await attempts.claims.keepToken(lost, 'later')).toBe('refused');
      expect(await attempts.find(row)).toMatchObject({ sealed_token: 'late' });
    });

    it('should be handed over to nobody while the completion is put off', async () => {
      await set('lease_token = NULL');
      expect(await attempts.claims.keepToken(held, 'late')).toBe('handed_over');
    });

    it('should be refused when the attempt is over', async () => {
      await set(`status = 'unknown', sealed_code = NULL`);
      expect(await attempts.claims.keepToken(held, 'late')).toBe('refused');
    });

    it('should be found with the attempt until it ends', async () => {
      expect(await attempts.claims.findKeptToken(row.id)).toBeNull();
      await attempts.claims.keepToken(held, 'kept');
      expect(await attempts.claims.findKeptToken(row.id)).toBe('kept');
      expect(await attempts.claims.findKeptToken(randomUUID())).toBeUndefined();
      await set(`status = 'failed', sealed_token = NULL, sealed_code = NULL`);
      expect(await attempts.claims.findKeptToken(row.id)).toBeUndefined();
    });
  });

  it('should be extended by its holder, and by nobody else', async () => {
    expect(await attempts.claims.extend(lost, 600)).toBe(false);
    expect(await attempts.claims.extend({ ...held, id: other.id }, 600)).toBe(false);
    await untouched();
    expect(await attempts.claims.extend(held, 600)).toBe(true);
    expect(await secondsLeft()).toBeGreaterThan(500);
    await set(`status = 'failed', sealed_code = NULL`);
    expect(await attempts.claims.extend(held, 600)).toBe(false);
  });

  it('should say whether it is held, and whether the owner was erased meanwhile', async () => {
    expect(await attempts.claims.findHeld(held)).toBe('held');
    expect(await attempts.claims.findHeld(lost)).toBe('lost');
    await set(`error_code = 'access_denied'`);
    expect(await attempts.claims.findHeld(held)).toBe('held');
    await set(`error_code = 'abandoned'`);
    expect(await attempts.claims.findHeld(held)).toBe('abandoned');
    await set(`status = 'connected', sealed_code = NULL`);
    expect(await attempts.claims.findHeld(held)).toBe('lost');
  });

  it('should give the attempt back as it was before, unless a token was obtained [RL-13]', async () => {
    expect(await attempts.claims.release(lost)).toBe(false);
    await attempts.claims.keepToken(held, 'sealed token');
    expect(await attempts.claims.release(held)).toBe(false);
    await set('sealed_token = NULL');
    expect(await attempts.claims.release(held)).toBe(true);
    expect(await attempts.find(row)).toMatchObject({
      ...{ status: 'pending', code_hash: null, sealed_code: null, claimed_ids: null, error_code: null },
      ...{ exchanges: 0, lease_token: null, lease_expires_at: null },
    });
    expect(await attempts.find(other)).toEqual(other);
  });

  it.each([
    [0, 1],
    [1, 2],
    [3, 8],
    [9, 512],
    [10, 600],
    [1000, 600],
  ])(
    'should be put off after %i times for %i seconds, and leave the attempt to anybody',
    async (postponed, seconds) => {
      await set(`postponed = ${postponed}`);
      expect(await attempts.claims.postpone(lost, false)).toBe(false);
      expect(await attempts.claims.postpone(held, false)).toBe(true);
      const after = await attempts.find(row);
      expect(after).toMatchObject({
        status: 'claimed',
        postponed: postponed + 1,
        exchanges: 1,
        lease_token: null,
      });
      const left = await secondsLeft();
      expect(left).toBeLessThanOrEqual(seconds);
      expect(left).toBeGreaterThan(seconds / 2 - 30);
    },
  );

  it('should not count an exchange that was certainly not processed', async () => {
    expect(await attempts.claims.postpone(held, true)).toBe(true);
    expect((await attempts.find(row))?.exchanges).toBe(0);
  });

  it('should let its holder remove the attempt, and nobody else', async () => {
    await attempts.claims.remove(lost);
    await untouched();
    await attempts.claims.remove(held);
    expect(await attempts.find(row)).toBeUndefined();
    expect(await attempts.find(other)).toEqual(other);
  });

  describe('at the end', () => {
    const connect = async (lease: AttemptLease): Promise<void> =>
      attempts.store.write((tx) => {
        attempts.claims.connect(lease, ['c1', 'c2'], tx);
      });
    const end = async (
      lease: AttemptLease,
      status: 'denied' | 'failed' | 'unknown',
      orphan?: string,
    ): Promise<void> =>
      attempts.store.write((tx) => {
        attempts.claims.end(
          lease,
          { status, error: 'access_denied', ...(orphan === undefined ? {} : { orphan }) },
          tx,
        );
      });
    const OVER = {
      sealed_code: null,
      sealed_token: null,
      claimed_ids: null,
      lease_token: null,
      lease_expires_at: null,
    };

    it('should be connected, with its connections and without its secrets', async () => {
      await attempts.claims.keepToken(held, 'sealed token');
      await set(`error_code = 'server_error'`);
      await connect(held);
      const after = await attempts.find(row);
      expect(after).toMatchObject({
        ...OVER,
        status: 'connected',
        connection_ids: '["c1","c2"]',
        error_code: null,
      });
      expect(after?.completed_at).not.toBeNull();
      expect(await attempts.find(other)).toEqual(other);
    });

    it('should not be connected by a process that lost it, nor for an owner who was erased', async () => {
      await expect(connect(lost)).rejects.toMatchObject({ code: 'busy' });
      await set(`error_code = 'abandoned'`);
      await expect(connect(held)).rejects.toMatchObject({ code: 'busy' });
      await set(`error_code = NULL, status = 'failed', sealed_code = NULL`);
      await expect(connect(held)).rejects.toMatchObject({ code: 'busy' });
    });

    it.each(['denied', 'failed', 'unknown'] as const)('should be %s, without its secrets', async (status) => {
      await end(held, status, '412');
      const after = await attempts.find(row);
      expect(after).toMatchObject({ ...OVER, status, error_code: 'access_denied', orphan: '412' });
      expect(after?.completed_at).not.toBeNull();
      expect(await attempts.find(other)).toEqual(other);
    });

    it('should leave no orphan behind where none is named', async () => {
      await end(held, 'failed');
      expect((await attempts.find(row))?.orphan).toBeNull();
    });

    it('should not be unknown once a token was handed over, but may fail with it', async () => {
      await expect(end(lost, 'failed')).rejects.toMatchObject({ code: 'busy' });
      await attempts.claims.keepToken(lost, 'late');
      await expect(end(held, 'unknown')).rejects.toMatchObject({ code: 'busy' });
      await end(held, 'failed');
      expect(await attempts.find(row)).toMatchObject({ ...OVER, status: 'failed' });
    });
  });

  it('should be lost when its time is over only to a process that takes it', async () => {
    await attempts.store.query(
      `UPDATE powens_attempt SET lease_expires_at = ${ago('1 minute').sql} WHERE id = $1`,
      [row.id],
    );
    expect(await attempts.claims.findHeld(held)).toBe('held');
    const lease = { leaseToken: randomUUID(), leaseSeconds: 60 };
    await attempts.store.query(
      `UPDATE powens_attempt SET lease_expires_at = ${ahead('1 minute').sql} WHERE id = $1`,
      [other.id],
    );
    expect(await attempts.claims.claimDue(lease)).toMatchObject({ id: row.id });
    expect(await attempts.claims.findHeld(held)).toBe('lost');
  });
});
