import { Injectable } from '@nestjs/common';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { PowensClient } from '../../powens/powens.client.js';
import { isOwnAnswer } from './loss-policy.service.js';
import { anotherUser } from './own-connections.js';

/** What a look at a Powens user told: `token_refused` says nothing about the user. */
export type UserLook = 'alive' | 'gone' | 'token_refused';

/**
 * Asks Powens whether a user exists.
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
   * Looks at the user of a row, with the token as it is: a renewal would ask Powens for a user by its id, and that is how users are
   * made (RL-10). Without a token nothing can be asked, as with one that is refused.
   *
   * @throws PowensApiError for every answer that is none, an HTML page in place of Powens' own words included
   */
  async look(account: PowensUserState): Promise<UserLook> {
    const { owner, powensUserId, sealedToken } = account;
    if (powensUserId === null || sealedToken === null) {
      return 'token_refused';
    }
    try {
      const { id } = await this.powens.getUser(
        this.custody.open(owner, { ...account, powensUserId, sealedToken }),
      );
      if (id === powensUserId) {
        return 'alive';
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
