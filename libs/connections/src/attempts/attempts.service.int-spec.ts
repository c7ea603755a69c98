import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ahead, ago, NOW } from '../database/__support__/store.js';
import { until } from '../../../../test/helpers/until.js';
import { AuthorizationCode } from '../values/secrets/authorization-code.js';
import type { WebviewCallback } from '../values/webview-callback.js';
import { AttemptsService, type Consumed, type IssuedAttempt } from './attempts.service.js';
import { ANN, AttemptsUnderTest, requestOf, secret, sha256 } from './__support__/attempts-under-test.js';

const CODE = 'made-up-authorization-code';

describe(AttemptsService.name, () => {
  let attempts: AttemptsUnderTest;
  let service: AttemptsService;

  beforeAll(async () => {
    attempts = await AttemptsUnderTest.open();
  });

  beforeEach(async () => {
    await attempts.store.empty();
    service = attempts.service();
  });

  afterAll(async () => {
    await attempts.store.close();
  });

  const callback = ({ state }: { state: string }, more: Partial<WebviewCallback> = {}): WebviewCallback => ({
    ...{
      state,
      code: AuthorizationCode.of(CODE),
      connectionIds: ['17'],
      error: null,
      errorDescription: null,
    },
    ...more,
  });
  const consume = async (
    issued: IssuedAttempt,
    more: Partial<WebviewCallback> = {},
    who: { binding?: string | null; principal?: typeof ANN | null } = {},
  ): Promise<Consumed> =>
    service.consume(
      callback(issued, more),
      { binding: issued.binding, principal: null, ...who },
      (code, { stateHash }) => code.use((clear) => `${clear} sealed for ${stateHash.toString('hex')}`),
    );
  const set = async (change: string): Promise<void> => {
    await attempts.store.query(`UPDATE powens_attempt SET ${change}`);
  };

  describe('an attempt that is issued', () => {
    it('should have a state and a binding of its own, of which digests are stored alone [OA-01, OA-02]', async () => {
      const [one, two] = [await service.issue(requestOf()), await service.issue(requestOf())];
      for (const { state, binding } of [one, two]) {
        for (const text of [state, binding]) expect(text).toMatch(/^[A-Za-z0-9_-]{43}$/);
      }
      expect(new Set([one.state, two.state, one.binding, two.binding]).size).toBe(4);
      expect(await attempts.find(one)).toMatchObject({
        ...{ state_hash: sha256(one.state), binding_hash: sha256(one.binding), owner_id: 'ann' },
        ...{ authenticator: `made for ${one.id}`, metadata: '{}', connection_id: null },
      });
    });

    it('should share the binding of its browser, unless that is none of ours', async () => {
      const held = secret();
      expect((await service.issue(requestOf({ binding: held }))).binding).toBe(held);
      for (const binding of ['', 'short', `${held}x`, `${held.slice(1)}!`]) {
        expect((await service.issue(requestOf({ binding }))).binding).not.toBe(binding);
      }
    });

    it('should be for an owner whose Powens user fits it, who is told of otherwise', async () => {
      const repair = { expectsCode: false, flow: 'reconnect' } as const;
      await expect(service.issue(requestOf(repair))).rejects.toMatchObject({
        code: 'busy',
        retryAfterSeconds: 5,
      });
      expect(await service.tryIssue(requestOf(repair))).toEqual({ kind: 'owner_known', user: null });
      const { id: userId } = await attempts.store.put('user', { owner_id: 'ann' });
      expect(await service.tryIssue(requestOf())).toMatchObject({ kind: 'owner_known', user: { userId } });
      expect(await service.tryIssue(requestOf(repair), { existingOnly: true })).toMatchObject({
        kind: 'owner_known',
      });
      expect(await service.tryIssue(requestOf(repair))).toMatchObject({ kind: 'issued' });
      expect(await attempts.store.query('SELECT 1 FROM powens_attempt')).toHaveLength(1);
    });

    it('should carry what its connections will, and which connection it repairs', async () => {
      await attempts.store.put('user', { owner_id: 'ann' });
      const connectionId = '0190b6a0-0000-7000-8000-000000000000';
      const repair = { expectsCode: false, flow: 'reconnect', connectionId, metadata: { k: 'v' } } as const;
      expect(await attempts.find(await service.issue(requestOf(repair)))).toMatchObject({
        ...{ connection_id: connectionId, metadata: '{"k":"v"}' },
      });
    });

    it('should be refused above the limit, with the seconds until there is room [N26]', async () => {
      service = attempts.service({ pendingAttempts: 1 });
      const first = await service.issue(requestOf());
      const limited = { code: 'rate_limited' };
      await expect(service.issue(requestOf())).rejects.toMatchObject(limited);
      await expect(service.requireRoom(ANN, null)).rejects.toMatchObject(limited);
      const bob = { id: 'bob', tenant: '' };
      await expect(service.requireRoom(bob, first.binding)).rejects.toMatchObject(limited);
      await expect(service.requireRoom(bob, null)).resolves.toBeUndefined();
      const error = await service.requireRoom(ANN, null).catch((each: unknown) => each);
      const { retryAfterSeconds } = error as { retryAfterSeconds: number };
      expect(retryAfterSeconds).toBeGreaterThan(300);
      expect(retryAfterSeconds).toBeLessThanOrEqual(600);
    });
  });

  describe('a callback', () => {
    it('should consume its attempt, with its code sealed for it', async () => {
      const issued = await service.issue(requestOf());
      const consumed = await consume(issued, { error: 'server_error' });
      expect(consumed).toMatchObject({
        first: true,
        attempt: {
          id: issued.id,
          owner: ANN,
          claim: { connectionIds: ['17'], error: 'server_error', exchange: 1 },
        },
      });
      const stored = await attempts.find(issued);
      expect(stored?.code_hash).toEqual(sha256(CODE));
      expect(stored?.sealed_code).toBe(`${CODE} sealed for ${sha256(issued.state).toString('hex')}`);
      if (consumed.first) expect(consumed.code?.use((clear) => clear)).toBe(CODE);
    });

    it('should bring no code where there is none', async () => {
      const consumed = await consume(await service.issue(requestOf()), { code: null });
      expect(consumed).toMatchObject({ first: true, code: null, attempt: { claim: { sealedCode: null } } });
    });

    it('should lease its attempt for longer than a call to Powens takes', async () => {
      await consume(await service.issue(requestOf()));
      const [lease] = await attempts.store.query<{ seconds: number }>(
        'SELECT extract(epoch FROM lease_expires_at - now())::float8 AS seconds FROM powens_attempt',
      );
      expect(lease?.seconds).toBeGreaterThan(25);
      expect(lease?.seconds).toBeLessThanOrEqual(35);
    });

    it.each([
      ['without a binding', { binding: null }, 'no_binding'],
      ['with a binding of another form', { binding: 'short' }, 'no_binding'],
      ['of another browser', { binding: secret() }, 'unknown_state'],
      ['with another owner signed in', { principal: { id: 'bob', tenant: '' } }, 'foreign_principal'],
      [
        'with the owner of another tenant',
        { principal: { id: 'ann', tenant: 'north' } },
        'foreign_principal',
      ],
    ])('should be refused %s, and leave the attempt as it is', async (_, who, reason) => {
      const issued = await service.issue(requestOf());
      const before = await attempts.find(issued);
      await expect(consume(issued, {}, who)).rejects.toMatchObject({ code: 'callback_refused', reason });
      expect(await attempts.find(issued)).toEqual(before);
      expect(await consume(issued, {}, { principal: ANN })).toMatchObject({ first: true });
    });

    it('should be refused with a state that was made up, and with an attempt that expired', async () => {
      const issued = await service.issue(requestOf());
      await expect(consume({ ...issued, state: secret() })).rejects.toMatchObject({
        reason: 'unknown_state',
      });
      await set(`expires_at = ${ago('1 second').sql}`);
      await expect(consume(issued)).rejects.toMatchObject({ reason: 'expired' });
    });

    it('should be limited per browser, before the database is asked', async () => {
      service = attempts.service({ callbacksPerMinute: 1 });
      const issued = await service.issue(requestOf());
      await consume(issued);
      await expect(consume(issued)).rejects.toMatchObject({ code: 'rate_limited' });
    });
  });

  describe('a repeated callback', () => {
    const OVER = `status = 'connected', completed_at = ${NOW.sql}, sealed_code = NULL`;

    it('should be told what became of the attempt, and claim nothing', async () => {
      const issued = await service.issue(requestOf({ returnTo: '/done' }));
      await consume(issued);
      await set(OVER);
      const known = { id: issued.id, owner: ANN, status: 'connected', returnTo: '/done' };
      expect(await consume(issued)).toMatchObject({ first: false, attempt: known });
      expect(await consume(issued, { code: null })).toMatchObject({ first: false, attempt: known });
      expect(await consume(issued, {}, { principal: ANN })).toMatchObject({ first: false });
      for (const principal of [
        { id: 'bob', tenant: '' },
        { id: 'ann', tenant: 'north' },
      ]) {
        await expect(consume(issued, {}, { principal })).rejects.toMatchObject({
          reason: 'foreign_principal',
        });
      }
    });

    it('should be refused with another code', async () => {
      const issued = await service.issue(requestOf());
      await consume(issued);
      await set(OVER);
      const other = { code: AuthorizationCode.of('another-code') };
      await expect(consume(issued, other)).rejects.toMatchObject({ reason: 'code_substitution' });
      await set('code_hash = NULL');
      await expect(consume(issued)).rejects.toMatchObject({ reason: 'code_substitution' });
    });

    /** Repeats a callback until it was seen that another one is being completed. */
    const repeat = async (issued: IssuedAttempt): Promise<{ answer: Promise<Consumed> }> => {
      const look = vi.spyOn(attempts.repository, 'findPresented');
      const answer = consume(issued);
      await until(() => look.mock.settledResults.length > 0);
      return { answer };
    };

    it('should wait for the one that is being completed', async () => {
      const issued = await service.issue(requestOf());
      await consume(issued);
      const { answer: repeated } = await repeat(issued);
      await set(OVER);
      expect(await repeated).toMatchObject({ first: false, attempt: { status: 'connected' } });
    });

    it('should come back later when the attempt was given back in that moment', async () => {
      const issued = await service.issue(requestOf());
      await consume(issued);
      const { answer: repeated } = await repeat(issued);
      await set(`status = 'pending', sealed_code = NULL, expires_at = ${ahead('1 hour').sql}`);
      await expect(repeated).rejects.toMatchObject({ code: 'powens_unreachable', retryAfterSeconds: 1 });
    });
  });
});
