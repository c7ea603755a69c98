import { beforeEach, describe, expect, it } from 'vitest';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import type { Loss } from '../../custody/losses/loss.js';
import { PowensApiError } from '../../errors/index.js';
import type { TokenCustodyService } from '../../custody/token-custody.service.js';
import type { PowensClient } from '../../powens/powens.client.js';
import type { LossPolicy, NotFound } from '../losses/loss-policy.service.js';
import { checkPowensUser } from '../losses/powens-user-check.js';
import type { TokenRenewal } from '../tokens/token-renewal.service.js';
import { checkWithoutToken, resolveMissingUser, type MissingUserChecks } from './missing-user.js';

const READING = 'GET /users/me/connections';
const RENEWAL = 'POST /auth/renew';
const ACCOUNT: PowensUserState = {
  ...{ userId: 'row', owner: { id: 'ann', tenant: '' }, status: 'active', reason: null, powensUserId: '412' },
  ...{
    provider: { apiOrigin: '', clientId: '' },
    authenticator: null,
    sealedToken: 'sealed',
    renewable: true,
  },
};

interface Answer {
  operation?: string;
  powensCode?: string | null;
  code?: PowensApiError['code'];
}

function answer(
  status: number,
  { operation = READING, powensCode = 'word', code = 'powens_refused' }: Answer = {},
): PowensApiError {
  return new PowensApiError(code as 'powens_refused', {
    ...{ operation, status, powensCode, description: null, requestId: null, processed: 'no' },
  });
}

describe(resolveMissingUser.name, () => {
  let checks: MissingUserChecks;
  let noted: NotFound[];
  let found: string[];
  let open: Partial<Loss>[];
  let user: 'exists' | 'gone' | 'token_refused';
  let renewal: (() => Promise<boolean>) | null;
  let renewals: number;

  beforeEach(() => {
    [noted, found, open, user, renewals] = [[], [], [], 'exists', 0];
    renewal = null;
    const policy = {
      openOf: async () => Promise.resolve(open),
      found: async (ids: string[]) => Promise.resolve(found.push(...ids)),
      notFound: async (looked: NotFound) => {
        noted.push(looked);
        return Promise.resolve('suspected');
      },
    } as unknown as LossPolicy;
    const custody = { open: () => 'token' } as unknown as TokenCustodyService;
    const powens = {
      getUser: async () =>
        user === 'exists'
          ? Promise.resolve({ id: '412' })
          : Promise.reject(answer(user === 'gone' ? 404 : 401)),
    } as unknown as PowensClient;
    const renewing = {
      withTemporaryToken: async (_: unknown, use: () => Promise<boolean>) => {
        renewals += 1;
        return renewal === null ? use() : renewal();
      },
    } as unknown as TokenRenewal;
    const remotes: MissingUserChecks['remotes'] = {
      checkUser: async (state) => checkPowensUser(state, custody, powens),
    };
    checks = { renewal: renewing, remotes, policy };
  });

  const refuses = (error: Error): void => {
    renewal = async () => Promise.reject(error);
  };

  it.each([
    [400, 'word', true],
    [404, 'word', true],
    [403, 'word', false],
    [404, null, false],
  ])(
    'should take a renewal that is refused with %i %s for a user who is gone, or not',
    async (status, word, isGone) => {
      const error = answer(status, { operation: RENEWAL, powensCode: word });
      const missing = await resolveMissingUser(checks, ACCOUNT, error, true);
      expect(missing).toEqual(isGone ? { subject: 'user', verdict: 'suspected' } : null);
      expect(noted).toEqual(
        isGone ? [{ subject: 'user', subjectId: 'row', userId: 'row', evidence: 'renewal_refused' }] : [],
      );
      expect(renewals).toBe(0);
    },
  );

  it.each([
    ['gone', 'user'],
    ['exists', null],
    ['token_refused', null],
  ] as const)('should ask for the user itself when a list is not found: it is %s', async (look, subject) => {
    user = look;
    const missing = await resolveMissingUser(checks, ACCOUNT, answer(404), true);
    expect(missing?.subject ?? null).toBe(subject);
    expect(noted.map(({ evidence }) => evidence)).toEqual(subject === null ? [] : ['user_not_found']);
  });

  it.each([
    ['404 that Powens did not write', answer(404, { powensCode: null })],
    ['401 that Powens did not write', answer(401, { powensCode: null })],
    ['403', answer(403)],
    ['500', answer(500)],
  ])('should resolve nothing from %s', async (_, error) => {
    user = 'gone';
    expect(await resolveMissingUser(checks, ACCOUNT, error, false)).toBeNull();
    expect(noted).toEqual([]);
  });

  describe('a token that is refused', () => {
    const refused = answer(401);

    it('should be lost alone while a new one can be had, since the user is there', async () => {
      expect(await resolveMissingUser(checks, ACCOUNT, refused, false)).toEqual({
        subject: 'token',
        verdict: 'suspected',
      });
      expect(noted).toEqual([
        { subject: 'token', subjectId: 'row', userId: 'row', evidence: 'token_refused' },
      ]);
    });

    it.each([
      ['400', answer(400), 'user'],
      ['404 for the user', answer(404, { code: 'powens_user_not_found' }), 'user'],
      ['403', answer(403), 'token'],
      ['400 that Powens did not write', answer(400, { powensCode: null }), 'token'],
    ])('should say whether the user is gone when a new one is refused with %s', async (_, error, subject) => {
      refuses(error);
      expect((await resolveMissingUser(checks, ACCOUNT, refused, false))?.subject).toBe(subject);
      expect(noted.map(({ evidence }) => evidence)).toEqual([
        subject === 'user' ? 'renewal_refused' : 'token_refused',
      ]);
    });

    it.each([
      ['Powens is away', answer(503, { code: 'powens_unreachable' })],
      ['there is a fault of ours', new Error('broken')],
    ])('should say nothing when a new one cannot be asked for: %s', async (_, error) => {
      refuses(error);
      await expect(resolveMissingUser(checks, ACCOUNT, refused, false)).rejects.toBe(error);
      expect(noted).toEqual([]);
    });

    it('should say nothing after a renewal, unless it was refused before', async () => {
      expect(await resolveMissingUser(checks, ACCOUNT, refused, true)).toBeNull();
      open = [{ subject: 'user' }];
      expect(await resolveMissingUser(checks, ACCOUNT, refused, true)).toBeNull();
      open = [{ subject: 'user' }, { subject: 'token' }];
      expect(await resolveMissingUser(checks, ACCOUNT, refused, true)).toMatchObject({ subject: 'token' });
    });

    it.each([
      ['may not be renewed by itself', { renewable: false }],
      ['was revoked', { status: 'revoked' }],
    ] as const)('should count at once where it %s', async (_, values) => {
      expect(await resolveMissingUser(checks, { ...ACCOUNT, ...values }, refused, true)).toMatchObject({
        subject: 'token',
      });
    });

    it('should be the token where no Powens user is known who could be asked for', async () => {
      refuses(answer(404));
      const unknown = { ...ACCOUNT, powensUserId: null };
      expect(await resolveMissingUser(checks, unknown, refused, false)).toMatchObject({ subject: 'token' });
      expect(renewals).toBe(0);
    });
  });

  it.each([
    ['lost', 404, 'user', true],
    ['lost', 401, 'token', true],
    ['revoked', 401, 'token', true],
    ['revoked', 404, 'user', false],
  ] as const)(
    'should note nothing twice of a row that is %s, on a %i',
    async (status, code, subject, isKnown) => {
      user = 'gone';
      const verdict = await resolveMissingUser(checks, { ...ACCOUNT, status }, answer(code), false);
      expect(verdict).toEqual({ subject, verdict: isKnown ? 'applied' : 'suspected' });
      expect(noted).toHaveLength(isKnown ? 0 : 1);
    },
  );

  describe('a user without a token who was reported as deleted', () => {
    const revoked: PowensUserState = { ...ACCOUNT, status: 'revoked', sealedToken: null };

    it('should not be asked for while nothing is suspected', async () => {
      open = [{ subject: 'connection' }];
      await checkWithoutToken(checks, revoked);
      expect([renewals, noted, found]).toEqual([0, [], []]);
    });

    it('should be found again with a token for this one question', async () => {
      open = [{ subject: 'connection' }, { subject: 'user' }];
      await checkWithoutToken(checks, revoked);
      expect([renewals, noted, found]).toEqual([1, [], ['row']]);
    });

    it('should be noted when Powens refuses that token', async () => {
      open = [{ subject: 'user' }];
      refuses(answer(404, { code: 'powens_user_not_found' }));
      await checkWithoutToken(checks, revoked);
      expect(noted).toEqual([
        { subject: 'user', subjectId: 'row', userId: 'row', evidence: 'renewal_refused' },
      ]);
      expect(found).toEqual([]);
    });
  });
});
