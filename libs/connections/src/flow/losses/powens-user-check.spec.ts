import { describe, expect, it } from 'vitest';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import type { TokenCustodyService } from '../../custody/token-custody.service.js';
import { PowensApiError } from '../../errors/index.js';
import type { PowensClient } from '../../powens/powens.client.js';
import { checkPowensUser } from './powens-user-check.js';

const ACCOUNT: PowensUserState = {
  ...{ userId: 'row', owner: { id: 'ann', tenant: '' }, status: 'active', reason: null, powensUserId: '412' },
  ...{
    provider: { apiOrigin: '', clientId: '' },
    authenticator: null,
    sealedToken: 'sealed',
    renewable: true,
  },
};

function refusal(status: number, powensCode: string | null): PowensApiError {
  return new PowensApiError('powens_refused', {
    ...{
      operation: 'GET /users/me',
      status,
      powensCode,
      description: null,
      requestId: null,
      processed: 'no',
    },
  });
}

/** What is told of a user whom Powens answers for; each token that is opened is noted. */
async function look(
  answer: { id: string } | Error,
  account: Partial<PowensUserState> = {},
): Promise<[string, unknown[]]> {
  const opened: unknown[] = [];
  const custody = {
    open: (owner: unknown, kept: unknown) => opened.push(owner, kept),
  } as unknown as TokenCustodyService;
  const powens = {
    getUser: async () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
  } as unknown as PowensClient;
  return [await checkPowensUser({ ...ACCOUNT, ...account }, custody, powens), opened];
}

describe(checkPowensUser.name, () => {
  it('should find the user whom the token is of', async () => {
    const [told, opened] = await look({ id: '412' });
    expect(told).toBe('exists');
    expect(opened).toEqual([
      ACCOUNT.owner,
      expect.objectContaining({ powensUserId: '412', sealedToken: 'sealed' }),
    ]);
  });

  it.each([
    [404, 'noUser', 'gone'],
    [401, 'unauthorized', 'token_refused'],
  ])('should understand a %i in the words of Powens', async (status, word, told) => {
    expect((await look(refusal(status, word)))[0]).toBe(told);
    await expect(look(refusal(status, null))).rejects.toMatchObject({ code: 'powens_refused' });
  });

  it('should conclude nothing from any other answer', async () => {
    await expect(look(refusal(403, 'forbidden'))).rejects.toMatchObject({ failure: { status: 403 } });
    await expect(look(new Error('broken'))).rejects.toThrow('broken');
  });

  it('should conclude nothing from the answer about another user', async () => {
    await expect(look({ id: '413' })).rejects.toMatchObject({
      code: 'powens_response_invalid',
      failure: { operation: 'GET /users/me', status: 200, powensCode: null, processed: 'unknown' },
    });
  });

  it.each([
    ['a token', { sealedToken: null }],
    ['an id at Powens', { powensUserId: null }],
  ])('should not ask without %s', async (_, account) => {
    expect(await look({ id: '412' }, account)).toEqual(['token_refused', []]);
  });
});
