import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import type { TokenCustodyService } from '../../custody/token-custody.service.js';
import type { PowensClient } from '../../powens/powens.client.js';
import { anotherUser, isOwnAnswer } from './own-connections.js';

/** Result of a check of a Powens user. `token_refused` says nothing about the user. */
export type UserCheck = 'exists' | 'gone' | 'token_refused';

/**
 * Checks at Powens whether the user of a row exists. Uses the stored token, without a renewal: a renewal sends the id of a user, and
 * may create one (RL-10). A missing token counts as a refused one.
 *
 * @throws PowensApiError for every other answer, also for an HTML page of an intermediary
 */
export async function checkPowensUser(
  user: PowensUserState,
  custody: TokenCustodyService,
  powens: PowensClient,
): Promise<UserCheck> {
  const { owner, powensUserId, sealedToken } = user;
  if (powensUserId === null || sealedToken === null) {
    return 'token_refused';
  }
  try {
    const token = await custody.open(owner, { ...user, powensUserId, sealedToken });
    const { id } = await powens.getUser(token);
    if (id === powensUserId) {
      return 'exists';
    }
  } catch (error) {
    if (isOwnAnswer(error, [404])) {
      return 'gone';
    }
    if (isOwnAnswer(error, [401])) {
      return 'token_refused';
    }
    throw error;
  }
  throw anotherUser('GET /users/me');
}
