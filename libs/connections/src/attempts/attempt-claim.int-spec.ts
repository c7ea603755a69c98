import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ago, ahead } from '../database/__support__/store.js';
import {
  ANN,
  AttemptsUnderTest,
  claimOf,
  heldBy,
  sha256,
  type StoredAttempt,
} from './__support__/attempts-under-test.js';

const OTHER = sha256('another');

describe('the claim of an attempt', () => {
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

  it('should store what its callback brought, and count the exchange that it may make [OA-05, RL-04]', async () => {
    const row = await attempts.put({ metadata: '{"k":"v"}', return_to: '/done', connected_by: 'bob' });
    await attempts.put();
    const claim = { ...claimOf(), error: 'access_denied' };
    const claimed = await attempts.claim(row, claim);
    expect(claimed).toMatchObject({
      ...{ id: row.id, leaseToken: claim.leaseToken, owner: { ...ANN, actor: 'bob' }, flow: 'connect' },
      ...{ expectsCode: true, returnTo: '/done', connectionId: null, metadata: { k: 'v' }, user: null },
      claim: {
        ...{ exchange: 1, postponed: 0, connectionIds: ['17'], error: 'access_denied', ageSeconds: 0 },
        ...{ sealedCode: 'sealed code', sealedToken: null },
        codeBinding: { stateHash: row.state_hash, bindingHash: row.binding_hash },
      },
    });
    const stored = await attempts.find(row);
    expect(stored).toMatchObject({
      status: 'claimed',
      code_hash: claim.codeHash,
      claimed_ids: '["17"]',
      exchanges: 1,
    });
    expect((stored?.lease_expires_at?.getTime() ?? 0) - Date.now()).toBeGreaterThan(30_000);
  });

  it.each([
    ['the state of another attempt', { stateHash: OTHER }],
    ['the binding of another browser', { bindingHash: OTHER }],
    ['another instance', { instance: 'second' }],
    ['another owner who is signed in', { principal: { id: 'bob', tenant: '' } }],
    ['the same owner of another tenant', { principal: { id: 'ann', tenant: 'north' } }],
  ])('should be refused with %s, and leave the attempt as it was [OA-05]', async (_, presented) => {
    const row = await attempts.put();
    expect(await attempts.claim(row, presented)).toBeNull();
    expect(await attempts.find(row)).toEqual(row);
  });

  it('should be given to the owner who is signed in', async () => {
    const row = await attempts.put({ tenant: 'north' });
    expect(await attempts.claim(row, { principal: { id: 'ann', tenant: 'north' } })).not.toBeNull();
  });

  it.each([
    ['expired', { expires_at: ago('1 second') }],
    ['abandoned, since its owner was erased', { error_code: 'abandoned' }],
    ['connected', { status: 'connected' }],
    ['unknown', { status: 'unknown' }],
  ])('should be refused when the attempt is %s', async (_, values) => {
    const row = await attempts.put(values);
    expect(await attempts.claim(row)).toBeNull();
    expect(await attempts.find(row)).toEqual(row);
  });

  it('should keep no code where none is expected, and count no exchange', async () => {
    const row = await attempts.put({ expects_code: false });
    const claimed = await attempts.claim(row);
    expect(claimed?.claim).toMatchObject({ exchange: 0, sealedCode: null });
  });

  describe('a second time', () => {
    const ENDED = { lease_token: randomUUID(), lease_expires_at: ago('1 second') };
    const NOBODY = { lease_token: null, lease_expires_at: ahead('1 minute') };
    const claimedBefore = async (values: object = {}): Promise<StoredAttempt> =>
      attempts.put({ ...heldBy(randomUUID()), ...ENDED, expires_at: ago('1 hour'), ...values });

    it.each([
      ['whose lease ended', ENDED],
      ['that was put off', NOBODY],
    ])('should take over an attempt %s, with what was stored first', async (_, lease) => {
      const row = await claimedBefore(lease);
      const claimed = await attempts.claim(row, {
        sealedCode: 'other',
        connectionIds: ['18'],
        error: 'server_error',
      });
      expect(claimed?.claim).toMatchObject({
        ...{ exchange: 2, sealedCode: 'sealed code', connectionIds: ['17'], error: null },
      });
    });

    it('should not take over what a process is completing', async () => {
      const row = await claimedBefore({ lease_token: randomUUID(), lease_expires_at: ahead('1 minute') });
      expect(await attempts.claim(row)).toBeNull();
    });

    it.each([
      ['another code', { codeHash: OTHER }],
      ['no code', { codeHash: null }],
      ['another browser', { bindingHash: OTHER }],
      ['another owner who is signed in', { principal: { id: 'bob', tenant: '' } }],
    ])('should be refused with %s', async (_, presented) => {
      const row = await claimedBefore();
      expect(await attempts.claim(row, presented)).toBeNull();
      expect(await attempts.find(row)).toEqual(row);
    });

    it('should fit a callback without a code to an attempt without one', async () => {
      const row = await claimedBefore({
        expects_code: false,
        code_hash: null,
        sealed_code: null,
        exchanges: 0,
      });
      expect(await attempts.claim(row, { codeHash: null })).not.toBeNull();
      expect(await attempts.claim(await claimedBefore({ code_hash: null }))).toBeNull();
    });

    it.each([
      ['while its code may be sent once more', { exchanges: 1 }, true],
      ['not when its code was sent twice', { exchanges: 2 }, false],
      ['with the token that was obtained, whatever was sent', { exchanges: 2, sealed_token: 'sealed' }, true],
      ['without a code, whatever is counted', { exchanges: 2, expects_code: false }, true],
    ])('should be made %s [RL-01]', async (_, values, isMade) => {
      const row = await claimedBefore(values);
      const claimed = await attempts.claim(row);
      expect(claimed !== null).toBe(isMade);
      // With a token, or without a code, nothing is sent.
      const sent =
        (values as { sealed_token?: string }).sealed_token === undefined && !('expects_code' in values);
      expect((await attempts.find(row))?.exchanges).toBe(
        isMade && sent ? values.exchanges + 1 : values.exchanges,
      );
    });

    it('should be the same one when the answer to the first was lost, and count no other exchange', async () => {
      const row = await attempts.put();
      const claim = claimOf();
      await attempts.claim(row, claim);
      const again = await attempts.claim(row, claim);
      expect(again).toMatchObject({ id: row.id, leaseToken: claim.leaseToken, claim: { exchange: 1 } });
      const over = await attempts.put({
        ...heldBy(claim.leaseToken),
        status: 'connected',
        sealed_code: null,
      });
      expect(await attempts.claim(over, claim)).toBeNull();
    });
  });

  it("should bring the owner's Powens user along, while it is in use, and nobody else's", async () => {
    const { id: userId } = await attempts.store.put('user', {
      owner_id: 'ann',
      powens_user_id: '412',
      sealed_token: 's',
    });
    await attempts.store.put('user', { owner_id: 'bob' });
    for (const other of [{ tenant: 'north' }, { instance: 'second' }]) {
      await attempts.store.put('user', { owner_id: 'ann', ...other });
    }
    const claimed = await attempts.claim(await attempts.put());
    expect(claimed?.user).toEqual({
      ...{ userId, powensUserId: '412', sealedToken: 's' },
      provider: { apiOrigin: 'https://acme.biapi.pro', clientId: '20000001' },
    });
    await attempts.store.query(`UPDATE powens_user SET status = 'revoked' WHERE id = $1`, [userId]);
    expect((await attempts.claim(await attempts.put()))?.user).toBeNull();
  });
});
