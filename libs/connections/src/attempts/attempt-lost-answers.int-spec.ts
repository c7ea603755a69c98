import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ago } from '../database/__support__/store.js';
import { AttemptClaimRepository } from './attempt-claim.repository.js';
import { AttemptRepository } from './attempt.repository.js';
import type { AttemptLease } from './attempt.js';
import { AttemptsUnderTest, heldBy, type StoredAttempt } from './__support__/attempts-under-test.js';

/** Statements that change nothing when they run again: an answer that was lost must not become a failure. */
describe('an attempt of a process that loses an answer of the database', () => {
  let attempts: AttemptsUnderTest;
  let claims: AttemptClaimRepository;
  let repository: AttemptRepository;
  let row: StoredAttempt;
  let held: AttemptLease;

  beforeAll(async () => {
    attempts = await AttemptsUnderTest.open();
    const losing = attempts.store.losingAnswers();
    claims = new AttemptClaimRepository(losing);
    repository = new AttemptRepository(losing);
  });

  beforeEach(async () => {
    await attempts.store.empty();
    const leaseToken = randomUUID();
    row = await attempts.put({ ...heldBy(leaseToken) });
    held = { id: row.id, leaseToken };
  });

  afterAll(async () => {
    await attempts.store.close();
  });

  it('should be claimed once, and count one exchange', async () => {
    await attempts.store.query(
      `UPDATE powens_attempt SET lease_expires_at = now() - interval '1 second', exchanges = 0 WHERE id = $1`,
      [row.id],
    );
    const claimed = await claims.claimDue({ leaseToken: randomUUID(), leaseSeconds: 600 });
    expect(claimed?.id).toBe(row.id);
    expect(await attempts.find(row)).toMatchObject({ exchanges: 1 });
  });

  it('should keep a token', async () => {
    expect(await claims.keepToken(held, 'sealed token')).toBe('kept');
    expect(await attempts.find(row)).toMatchObject({ sealed_token: 'sealed token', sealed_code: null });
  });

  it('should be removed', async () => {
    await claims.remove(held);
    expect(await attempts.find(row)).toBeUndefined();
  });

  it('should be erased with its owner, and purged', async () => {
    const owner = { id: randomUUID(), tenant: '' };
    const own = await attempts.put({ owner_id: owner.id });
    await repository.eraseOwner(owner, { abandon: true });
    expect(await attempts.find(own)).toBeUndefined();
    const old = await attempts.put({ status: 'failed', expires_at: ago('40 days') });
    await repository.purge(30, 10);
    expect(await attempts.find(old)).toBeUndefined();
  });
});
