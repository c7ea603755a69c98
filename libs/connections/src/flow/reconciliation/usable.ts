import type { AccountState } from '../../custody/account.repository.js';
import type { OwnerAccount } from '../../values/owner-account.js';

/** What Powens can be asked with: a row in use, or one out of use whose token is kept. Null where there is nothing. */
export function usableOf({
  status,
  userId,
  powensUserId,
  provider,
  sealedToken,
}: AccountState): OwnerAccount | null {
  const isAsked = status === 'active' || status === 'lost' || status === 'revoked';
  return isAsked && powensUserId !== null && sealedToken !== null
    ? { userId, powensUserId, provider, sealedToken }
    : null;
}
