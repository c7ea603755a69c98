import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';

/** The Powens user with its token, for calls to Powens. The row may be out of use. Null when it has no token. */
export function usableOf({
  status,
  userId,
  powensUserId,
  provider,
  sealedToken,
}: PowensUserState): OwnedPowensUser | null {
  const hasToken = status === 'active' || status === 'lost' || status === 'revoked';
  return hasToken && powensUserId !== null && sealedToken !== null
    ? { userId, powensUserId, provider, sealedToken }
    : null;
}
