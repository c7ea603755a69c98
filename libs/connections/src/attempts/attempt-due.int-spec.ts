import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { postgresCapabilities } from '../../../../test/helpers/database.js';
import { ago } from '../database/__support__/store.js';
import { ANN, AttemptsUnderTest, heldBy, type StoredAttempt } from './__support__/attempts-under-test.js';

describe('attempts that the sweeper completes', () => {
  let attempts: AttemptsUnderTest;

  beforeAll(async () => {
    attempts = await AttemptsUnderTest.open();
  });

  beforeEach(async () => {
    await attempts.store.empty();
  });

  afterAll(async () => {
    await attempts.store.close();
  });

  const lease = (): { leaseToken: string; leaseSeconds: number } => ({
    leaseToken: randomUUID(),
    leaseSeconds: 60,
  });
  const due = async (interval: string, values: object = {}): Promise<StoredAttempt> =>
    attempts.put({ ...heldBy(randomUUID()), lease_expires_at: ago(interval), ...values });

  it('should take the one that waits for longest first, each once', async () => {
    const [later, first] = [await due('1 minute'), await due('1 hour')];
    await due('2 hours', { instance: 'second' });
    await due('2 hours', { status: 'unknown', sealed_code: null });
    await attempts.put({ ...heldBy(randomUUID()) });
    await attempts.put({ expires_at: ago('1 hour') });
    const claimed = [await attempts.claims.claimDue(lease()), await attempts.claims.claimDue(lease())];
    expect(claimed.map((each) => each?.id)).toEqual([first.id, later.id]);
    expect(claimed[0]?.claim).toMatchObject({ exchange: 2, sealedCode: 'sealed code' });
    expect(await attempts.claims.claimDue(lease())).toBeNull();
  });

  it('should take the same again when its answer was lost, and not one that another process holds', async () => {
    await due('1 hour');
    const [mine, theirs] = [lease(), lease()];
    await attempts.put({ ...heldBy(theirs.leaseToken) });
    const first = await attempts.claims.claimDue(mine);
    await due('2 hours');
    const again = await attempts.claims.claimDue(mine);
    expect(again).toMatchObject({ id: first?.id, leaseToken: mine.leaseToken, claim: { exchange: 2 } });
    await attempts.store.query(
      `UPDATE powens_attempt SET status = 'unknown', sealed_code = NULL WHERE id = $1`,
      [first?.id],
    );
    expect((await attempts.claims.claimDue(mine))?.id).not.toBe(first?.id);
  });

  it.skipIf(!postgresCapabilities().concurrent)(
    'should pass over one that another process is changing',
    async () => {
      const [locked, other] = [await due('2 hours'), await due('1 hour')];
      await attempts.store.apart(async (query) => {
        await query('BEGIN');
        await query(`SELECT 1 FROM powens_attempt WHERE id = '${locked.id}' FOR UPDATE`);
        expect((await attempts.claims.claimDue(lease()))?.id).toBe(other.id);
        await query('COMMIT');
      });
      expect((await attempts.claims.claimDue(lease()))?.id).toBe(locked.id);
    },
  );

  it('should not take an older lease for one whose answer was lost', async () => {
    const mine = lease();
    const old = await attempts.put({ ...heldBy(mine.leaseToken), lease_expires_at: ago('1 second') });
    const other = await due('1 hour');
    expect((await attempts.claims.claimDue(mine))?.id).toBe(other.id);
    expect((await attempts.find(old))?.exchanges).toBe(1);
  });

  it('should take each for one of many processes', async () => {
    for (let count = 0; count < 4; count += 1) await due('1 hour');
    const claimed = await Promise.all(
      Array.from({ length: 8 }, async () => attempts.claims.claimDue(lease())),
    );
    const ids = claimed.flatMap((each) => (each === null ? [] : [each.id]));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(0);
  });

  it('should find of an owner who is erased what was abandoned, and nothing else', async () => {
    const abandoned = await due('1 minute', { error_code: 'abandoned' });
    await due('2 minutes');
    await due('2 minutes', { error_code: 'abandoned', owner_id: 'bob' });
    await due('2 minutes', { error_code: 'abandoned', tenant: 'north' });
    await due('2 minutes', { error_code: 'abandoned', instance: 'second' });
    await attempts.put({ ...heldBy(randomUUID()), error_code: 'abandoned' });
    await attempts.put({ status: 'failed', error_code: 'abandoned', lease_expires_at: ago('2 minutes') });
    const claimed = await attempts.claims.claimAbandoned(ANN, lease());
    expect(claimed).toMatchObject({ id: abandoned.id, claim: { error: 'abandoned' } });
    expect(await attempts.claims.claimAbandoned(ANN, lease())).toBeNull();
  });
});
