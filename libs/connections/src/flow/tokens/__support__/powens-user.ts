import { PowensApiError } from '../../../errors/index.js';
import type { PowensUserState } from '../../../custody/powens-user-lease.repository.js';

/** A Powens user as its row is read. */
export const USER: PowensUserState = {
  ...{ userId: 'row', owner: { id: 'ann', tenant: '' }, status: 'active', reason: null, powensUserId: '412' },
  ...{ provider: { apiOrigin: 'https://acme.biapi.pro', clientId: '1' }, authenticator: null },
  ...{ sealedToken: 'sealed', renewable: true },
};

/** An answer of Powens that is no success. */
export function refusal(
  status: number,
  code: ConstructorParameters<typeof PowensApiError>[0] = 'powens_refused',
  processed: 'no' | 'unknown' = 'no',
): PowensApiError {
  return new PowensApiError(code, {
    ...{ operation: 'POST /auth/renew', status, powensCode: 'word', description: null, requestId: null },
    processed,
  });
}
