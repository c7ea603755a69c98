import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ABANDONED, type AttemptClaim, type ClaimedAttempt } from '../../attempts/attempt.js';
import { StorageError } from '../../errors/index.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import { AccessToken } from '../../values/secrets/access-token.js';
import type { VerifiedCode } from '../../values/webview-callback.js';
import { refusal } from '../tokens/__support__/powens-user.js';
import { TokenAccessUnderTest } from './__support__/token-access-under-test.js';
import type { TokenAccess } from './token-access.types.js';
import { NO_TENANT } from '../../custody/tenants/tenant.js';

const USER = { userId: 'row', powensUserId: '412' } as OwnedPowensUser;
const CODE = 'the code of the callback' as unknown as VerifiedCode;

function attemptOf(change: Partial<ClaimedAttempt> = {}, claim: Partial<AttemptClaim> = {}): ClaimedAttempt {
  const given = { exchange: 1, postponed: 0, error: null, sealedCode: 'sealed code', sealedToken: null };
  return {
    ...{ id: '0195a7c2-7f3e-7b61-9d11-3f6a4e1b2c3d', owner: { id: 'ann', tenant: '' }, leaseToken: 'lease' },
    ...{ expectsCode: true, redirectUri: 'https://app.example', user: null, createdAt: new Date(0) },
    ...change,
    claim: { ...given, ...claim },
  } as ClaimedAttempt;
}

describe('the token of an attempt', () => {
  let under: TokenAccessUnderTest;
  const logged = (): string[] => vi.mocked(Logger.prototype.error).mock.calls.map(([text]) => String(text));
  const clearOf = (token: AccessToken): string => token.use((clear) => clear);

  beforeEach(() => {
    under = new TokenAccessUnderTest();
    for (const method of ['log', 'warn', 'error'] as const) {
      vi.spyOn(Logger.prototype, method).mockReturnValue(undefined);
    }
  });

  const EXCHANGED: TokenAccess = {
    ...{ kind: 'exchanged', token: AccessToken.of('new'), tenant: NO_TENANT, isStored: false },
    send: async (call) => call(AccessToken.of('new')),
  };
  const KEPT: TokenAccess = { kind: 'kept', user: USER, send: async (call) => call(AccessToken.of('old')) };

  describe('obtain', () => {
    const obtain = async (attempt: ClaimedAttempt, code: VerifiedCode | null = CODE): Promise<TokenAccess> =>
      under.service().obtain(attempt, code);

    it('should exchange the code of the callback, or the sealed one', async () => {
      const access = await obtain(attemptOf());
      expect(access).toMatchObject({ kind: 'exchanged', isStored: false });
      expect(await access.send(async (token) => Promise.resolve(clearOf(token)))).toBe('new');
      await obtain(attemptOf({}, { exchange: 2 }), null);
      expect(under.done).toEqual([
        'exchange the code of the callback for https://app.example',
        'exchange opened sealed code for https://app.example',
      ]);
    });

    it('should open the token that is stored with the attempt, and exchange nothing', async () => {
      const access = await obtain(attemptOf({ user: USER }, { exchange: 3, sealedToken: 'sealed kept' }));
      expect(access).toMatchObject({ kind: 'exchanged', isStored: true });
      expect(await access.send(async (token) => Promise.resolve(clearOf(token)))).toBe('kept');
      expect(under.done).toEqual([]);
    });

    it('should use the token of the Powens user where no code is expected', async () => {
      const access = await obtain(attemptOf({ expectsCode: false, user: USER }, { exchange: 0 }));
      expect(access).toMatchObject({ kind: 'kept', user: USER });
      expect(await access.send(async (token) => Promise.resolve(clearOf(token)))).toBe('token of 412');
    });

    it.each<[string, string, Partial<ClaimedAttempt>, Partial<AttemptClaim>]>([
      ['that came back with an error', 'access_denied', {}, { error: 'access_denied' }],
      ['whose token is gone', 'not_connected', { expectsCode: false }, {}],
      [
        'whose owner was erased, and that expects no code',
        ABANDONED,
        { expectsCode: false, user: USER },
        { error: ABANDONED },
      ],
      ['whose owner was erased before the exchange', 'owner_already_connected', {}, { error: ABANDONED }],
      ['whose owner has a Powens user by now', 'owner_already_connected', { user: USER }, {}],
      ['that came back without a code', 'callback_incomplete', {}, { sealedCode: null }],
      [
        'that came back without a code, sent again',
        'callback_incomplete',
        {},
        { sealedCode: null, exchange: 2 },
      ],
      ['whose code was sent twice', 'outcome_unknown', {}, { exchange: 3 }],
    ])('should exchange nothing for an attempt %s', async (_, code, change, claim) => {
      await expect(obtain(attemptOf(change, claim))).rejects.toMatchObject({ code });
      expect(under.done).toEqual([]);
    });

    it.each<[string, Partial<ClaimedAttempt>, Partial<AttemptClaim>]>([
      ['an owner who was erased', {}, { error: ABANDONED }],
      ['an owner with a Powens user', { user: USER }, {}],
    ])(
      'should send a code again that may have been used, also for %s: what it made is to be undone',
      async (_, change, claim) => {
        await obtain(attemptOf(change, { ...claim, exchange: 2 }));
        expect(under.done).toHaveLength(1);
      },
    );

    it('should ask for nothing when the attempt is not as it was issued [TC-27]', async () => {
      under.isAuthentic = false;
      await expect(obtain(attemptOf())).rejects.toMatchObject({ code: 'token_tampered' });
      expect(under.done).toEqual([]);
    });
  });

  describe('keep', () => {
    const keep = async (access: TokenAccess): Promise<TokenAccess> =>
      under.service().keep(attemptOf(), access);

    it('should store what was just exchanged, and nothing else', async () => {
      expect(await keep(EXCHANGED)).toMatchObject({ kind: 'exchanged', isStored: true });
      const storedAlready = { ...EXCHANGED, isStored: true } as TokenAccess;
      expect(await keep(storedAlready)).toBe(storedAlready);
      expect(await keep(KEPT)).toBe(KEPT);
      expect(under.done).toEqual(['store sealed new']);
    });

    it.each(['handed_over', 'refused'] as const)(
      'should stop when another process has the attempt: %s',
      async (answer) => {
        under.stored = answer;
        await expect(keep(EXCHANGED)).rejects.toMatchObject({ code: 'busy' });
      },
    );

    it('should go on without a database, and with no other error', async () => {
      under.stored = new StorageError('08006', null);
      expect(await keep(EXCHANGED)).toBe(EXCHANGED);
      under.stored = new TypeError('x is not a function');
      await expect(keep(EXCHANGED)).rejects.toBe(under.stored);
    });
  });

  describe('handOver', () => {
    const handOver = async (access: TokenAccess | null): Promise<void> =>
      under.service().handOver(attemptOf(), access);

    it('should do nothing without a token of its own', async () => {
      await handOver(null);
      await handOver(KEPT);
      expect(under.done).toEqual([]);
      expect(logged()).toEqual([]);
    });

    it.each(['kept', 'handed_over'] as const)(
      'should leave the token to the other process: %s',
      async (answer) => {
        under.stored = answer;
        await handOver(EXCHANGED);
        expect(under.done).toEqual(['store sealed new']);
      },
    );

    it.each([
      ['another token is stored', 'sealed other', ['revoke new']],
      ['this token is stored', 'sealed new', []],
      ['none is stored', null, ['who is it', 'revoke new']],
      ['the attempt has ended', undefined, ['who is it', 'revoke new']],
    ])('should revoke it, or undo, when it comes too late: %s [N13]', async (_, row, after) => {
      [under.stored, under.inRow] = ['refused', row];
      await handOver(EXCHANGED);
      expect(under.done).toEqual(['store sealed new', ...after]);
      expect(logged()).toEqual([]);
    });

    it('should log what is left when that fails, and not fail', async () => {
      under.stored = new StorageError('08006', null);
      await handOver(EXCHANGED);
      expect(logged()).toEqual([expect.stringContaining('may be left behind') as string]);
    });
  });

  describe('compensate', () => {
    const undo = async (): Promise<unknown> => under.service().compensate(attemptOf(), AccessToken.of('new'));

    it('should leave a Powens user alone whose stored token it is', async () => {
      under.isInUse = true;
      expect(await undo()).toEqual({ kind: 'kept' });
      expect(under.done).toEqual(['who is it']);
    });

    it('should revoke a further token of a Powens user that is stored here', async () => {
      under.whoIs = { id: '412', signin: new Date() };
      expect(await undo()).toEqual({ kind: 'token_revoked', powensUserId: '412' });
      expect(under.done).toEqual(['who is it', 'revoke new']);
    });

    it.each([401, 404])('should find nothing to undo after a %i of Powens', async (status) => {
      under.whoIs = refusal(status);
      expect(await undo()).toEqual({ kind: 'gone' });
    });

    it('should not take another refusal, nor one of a proxy, for the end of the user', async () => {
      const ofProxy = refusal(404);
      ofProxy.failure.powensCode = null;
      for (const error of [
        refusal(403),
        refusal(503, 'powens_failed', 'unknown'),
        ofProxy,
        new Error('of the network'),
      ]) {
        under.whoIs = error;
        await expect(undo()).rejects.toBe(error);
      }
      expect(under.done.every((each) => each === 'who is it')).toBe(true);
    });
  });
});
