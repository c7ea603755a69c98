import { Injectable } from '@nestjs/common';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { PowensClient } from '../../powens/powens.client.js';
import { isOwnAnswer } from './loss-policy.service.js';
import { anotherUser } from './own-connections.js';

/** Result of a check of a Powens user. `token_refused` says nothing about the user. */
export type UserCheck = 'exists' | 'gone' | 'token_refused';

/**
 * Checks at Powens whether a user exists.
 *
 * @internal
 */
@Injectable()
export class PowensUsers {
  constructor(
    private readonly custody: TokenCustodyService,
    private readonly powens: PowensClient,
  ) {}

  /**
   * Checks the user of a row with the stored token, without a renewal: a renewal sends the id of a user, and may create one (RL-10).
   * A missing token counts as a refused one.
   *
   * @throws PowensApiError for every other answer, also for an HTML page of an intermediary
   */
  async check(user: PowensUserState): Promise<UserCheck> {
    const { owner, powensUserId, sealedToken } = user;
    if (powensUserId === null || sealedToken === null) {
      return 'token_refused';
    }
    try {
      const { id } = await this.powens.getUser(
        this.custody.open(owner, { ...user, powensUserId, sealedToken }),
      );
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
}
