import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';

/** What Powens can be asked with: a row in use, or one out of use whose token is kept. Null where there is nothing. */
export function usableOf({
  status,
  userId,
  powensUserId,
  provider,
  sealedToken,
}: PowensUserState): OwnedPowensUser | null {
  const isAsked = status === 'active' || status === 'lost' || status === 'revoked';
  return isAsked && powensUserId !== null && sealedToken !== null
    ? { userId, powensUserId, provider, sealedToken }
    : null;
}
