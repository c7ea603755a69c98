import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ago, ahead, NOW } from '../database/__support__/store.js';
import { AttemptRepository } from './attempt.repository.js';
import type { NewAttempt } from './attempt.statements.js';
import { ANN, AttemptsUnderTest, heldBy, sha256 } from './__support__/attempts-under-test.js';

const ELSEWHERE = [{ owner_id: 'bob' }, { tenant: 'north' }, { instance: 'second' }];

describe(AttemptRepository.name, () => {
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

  const newAttempt = (more: Partial<NewAttempt> = {}): NewAttempt => ({
    ...{ id: randomUUID(), instance: 'default', owner: ANN, flow: 'connect', expectsCode: true },
    ...{
      stateHash: sha256(randomUUID()),
      bindingHash: sha256('browser'),
      redirectUri: 'https://app.example/back',
    },
    ...{
      returnTo: null,
      connectionId: null,
      metadata: '{}',
      lifetimeSeconds: 600,
      authenticator: 'aa1',
      maxPending: 3,
    },
    ...more,
  });
  const insert = async (
    more: Partial<NewAttempt> = {},
    existingOnly = false,
  ): ReturnType<AttemptRepository['insert']> => attempts.repository.insert(newAttempt(more), existingOnly);
  const count = async (): Promise<number> =>
    (await attempts.store.query('SELECT 1 FROM powens_attempt')).length;

  describe('a new attempt', () => {
    it('should be pending for as long as it may, with all it was issued for', async () => {
      const attempt = newAttempt({
        ...{
          owner: { ...ANN, actor: 'bob' },
          returnTo: '/done',
          connectionId: randomUUID(),
          metadata: '{"k":1}',
        },
      });
      const { expiresAt } = await attempts.repository.insert(attempt);
      expect(await attempts.find(attempt)).toMatchObject({
        ...{ owner_id: 'ann', connected_by: 'bob', status: 'pending', state_hash: attempt.stateHash },
        ...{ binding_hash: attempt.bindingHash, return_to: '/done', connection_id: attempt.connectionId },
        ...{ metadata: '{"k":1}', authenticator: 'aa1', exchanges: 0, postponed: 0, connection_ids: '[]' },
      });
      const [left] = await attempts.store.query<{ seconds: number }>(
        'SELECT round(extract(epoch FROM expires_at - created_at))::int AS seconds FROM powens_attempt',
      );
      expect(left?.seconds).toBe(600);
      expect(expiresAt?.getTime()).toBeGreaterThan(0);
    });

    it.each([
      ['with a code for an owner without a Powens user', true, null, true],
      ['with a code for an owner who has one', true, 'active', false],
      ['with a code for an owner whose user cannot be used', true, 'revoked', false],
      ['without a code for an owner who has a Powens user', false, 'active', true],
      ['without a code for an owner whose user cannot be used', false, 'revoked', false],
      ['without a code for an owner who has none', false, null, false],
    ] as const)('should be issued %s, or not [N24]', async (_, expectsCode, status, isIssued) => {
      for (const other of ELSEWHERE) await attempts.store.put('user', { owner_id: 'ann', ...other });
      const kept = { owner_id: 'ann', powens_user_id: '412', sealed_token: 's' };
      const id = status === null ? null : (await attempts.store.put('user', { ...kept, status })).id;
      const { expiresAt, isFull, user } = await insert({ expectsCode });
      expect([expiresAt !== null, isFull]).toEqual([isIssued, false]);
      expect(user?.userId ?? null).toBe(status === 'active' ? id : null);
      expect(await count()).toBe(isIssued ? 1 : 0);
    });

    it('should only be looked for where that is asked, and nothing stored', async () => {
      expect(await insert({}, true)).toEqual({ expiresAt: null, isFull: false, user: null });
      expect(await count()).toBe(0);
    });
  });

  describe('the number of pending attempts', () => {
    it.each([
      ['of the owner', { owner_id: 'ann' }, true],
      ['of the browser', { owner_id: 'bob', binding_hash: sha256('browser') }, true],
      ['of another owner and browser', { owner_id: 'bob' }, false],
      ['of another tenant', { tenant: 'north' }, false],
      ['of another instance', { instance: 'second', binding_hash: sha256('browser') }, false],
      ['that are claimed', { status: 'claimed', binding_hash: sha256('browser') }, false],
      ['that expired', { expires_at: ago('1 second'), binding_hash: sha256('browser') }, false],
    ])('should count those %s, or not [N26]', async (_, values, isCounted) => {
      for (let each = 0; each < 3; each += 1) {
        const more = each === 2 ? values : { ...values };
        expect(await attempts.repository.hasNoRoom(newAttempt())).toBe(false);
        await attempts.put(more);
      }
      expect(await attempts.repository.hasNoRoom(newAttempt())).toBe(isCounted);
      const { expiresAt, isFull } = await insert();
      expect([expiresAt === null, isFull]).toEqual([isCounted, isCounted]);
    });

    it('should say in how many seconds there is room again', async () => {
      const asking = newAttempt();
      expect(await attempts.repository.secondsToRoom(asking)).toBe(1);
      await attempts.put({ expires_at: ahead('300 seconds') });
      await attempts.put({ expires_at: ahead('500 seconds') });
      for (const other of [
        ...ELSEWHERE.map((values) => ({ ...values, expires_at: ahead('10 seconds') })),
        { status: 'claimed', expires_at: ahead('10 seconds') },
        { expires_at: ago('10 seconds') },
        { instance: 'second', binding_hash: sha256('browser'), expires_at: ahead('10 seconds') },
      ]) {
        await attempts.put(other);
      }
      expect(await attempts.repository.secondsToRoom(asking)).toBeGreaterThan(200);
      await attempts.put({
        owner_id: 'bob',
        binding_hash: sha256('browser'),
        expires_at: ahead('100 seconds'),
      });
      const seconds = await attempts.repository.secondsToRoom(asking);
      expect(seconds).toBeLessThanOrEqual(100);
      expect(seconds).toBeGreaterThan(10);
    });
  });

  describe('an attempt as it counts', () => {
    const ENDED = { lease_expires_at: ago('1 second') };
    const CASES: [string, object][] = [
      ['pending', {}],
      ['expired', { expires_at: ago('1 second') }],
      ['claimed', heldBy(randomUUID())],
      ['claimed', { ...heldBy(randomUUID()), exchanges: 2 }],
      ['claimed', { ...heldBy(randomUUID()), ...ENDED }],
      ['unknown', { ...heldBy(randomUUID()), ...ENDED, exchanges: 2 }],
      ['claimed', { ...heldBy(randomUUID()), ...ENDED, exchanges: 2, sealed_token: 'sealed' }],
      ['claimed', { ...heldBy(randomUUID()), ...ENDED, exchanges: 2, expects_code: false }],
      ['claimed', { ...heldBy(randomUUID()), lease_expires_at: ago('6 days'), sealed_token: 'sealed' }],
      ['unknown', { ...heldBy(randomUUID()), lease_expires_at: ago('8 days'), sealed_token: 'sealed' }],
      [
        'connected',
        { status: 'connected', lease_expires_at: ago('8 days'), exchanges: 2, expires_at: ago('1 day') },
      ],
    ];

    it.each(CASES)('should be %s with %j', async (status, values) => {
      const row = await attempts.put(values);
      const presented = { instance: 'default', stateHash: row.state_hash, bindingHash: row.binding_hash };
      expect((await attempts.repository.findOne(ANN, row.id))?.status).toBe(status);
      expect((await attempts.repository.findPresented(presented))?.status).toBe(status);
      expect(await attempts.repository.isAnyOpen(ANN)).toBe(['pending', 'claimed'].includes(status));
    });

    it('should be open for nobody else', async () => {
      for (const other of ELSEWHERE) await attempts.put(other);
      expect(await attempts.repository.isAnyOpen(ANN)).toBe(false);
    });

    it.each([
      ['pending', {}, null],
      ['claimed', { ...heldBy(randomUUID()) }, null],
      ['expired', { expires_at: ago('1 second') }, 'attempt_expired'],
      ['unknown', { ...heldBy(randomUUID()), lease_expires_at: ago('8 days') }, 'outcome_unknown'],
      ['unknown', { status: 'unknown', completed_at: NOW }, 'access_denied'],
      ['denied', { status: 'denied', completed_at: NOW }, 'access_denied'],
    ])('should show its owner an error when it is %s with %j', async (status, values, error) => {
      const row = await attempts.put({ ...values, error_code: 'access_denied' });
      expect(await attempts.repository.findOne(ANN, row.id)).toMatchObject({ status, error });
    });
  });

  it('should show an attempt to its owner alone, and to its browser', async () => {
    const row = await attempts.put({
      ...{ status: 'connected', connection_ids: '["c1"]', completed_at: NOW, code_hash: sha256('code') },
    });
    const found = await attempts.repository.findOne(ANN, row.id);
    expect(found).toMatchObject({ id: row.id, flow: 'connect', connectionIds: ['c1'], error: null });
    expect(found?.completedAt).not.toBeNull();
    for (const other of [
      { ...ANN, id: 'bob' },
      { ...ANN, tenant: 'north' },
    ]) {
      expect(await attempts.repository.findOne(other, row.id)).toBeNull();
    }
    const elsewhere = new AttemptRepository(attempts.store.ofInstance('second'));
    expect(await elsewhere.findOne(ANN, row.id)).toBeNull();
    expect(await attempts.repository.findOne(ANN, randomUUID())).toBeNull();
    const presented = { instance: 'default', stateHash: row.state_hash, bindingHash: row.binding_hash };
    expect(await attempts.repository.findPresented(presented)).toMatchObject({
      ...{ id: row.id, owner: ANN, returnTo: null, codeHash: sha256('code') },
      bound: { binding: { id: row.id, flow: 'connect', expectsCode: true }, authenticator: null },
    });
    for (const wrong of [{ instance: 'second' }, { stateHash: sha256('x') }, { bindingHash: sha256('x') }]) {
      expect(await attempts.repository.findPresented({ ...presented, ...wrong })).toBeNull();
    }
    // Of a callback without a binding: the state alone, of this instance.
    expect(await attempts.repository.findByState(row.state_hash)).toMatchObject({ id: row.id, owner: ANN });
    expect(await attempts.repository.findByState(sha256('x'))).toBeNull();
    expect(await elsewhere.findByState(row.state_hash)).toBeNull();
  });
});
