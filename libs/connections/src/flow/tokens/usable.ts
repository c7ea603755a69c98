import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';

/** The row as one whose token Powens can be called with: in use, or out of use with its token kept. Null without a token. */
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
