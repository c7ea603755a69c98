import { Injectable } from '@nestjs/common';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import type { AccountState } from '../../custody/account.repository.js';
import { PowensApiError } from '../../errors/index.js';
import { PowensClient } from '../../powens/powens.client.js';

/**
 * Asks Powens whether a user exists.
 *
 * @internal
 */
@Injectable()
export class LivingUsers {
  constructor(
    private readonly custody: TokenCustodyService,
    private readonly powens: PowensClient,
  ) {}

  /**
   * Whether the user of an account still answers. Asked with the token as it is: a renewal would ask Powens for a user by
   * its id, and that is how users are made (RL-10).
   *
   * @returns false for an account without a token, which cannot be asked with
   */
  async isAlive({ owner, userId, powensUserId, sealedToken }: AccountState): Promise<boolean> {
    if (powensUserId === null || sealedToken === null) {
      return false;
    }
    try {
      await this.powens.getUser(this.custody.open(owner, { userId, powensUserId, sealedToken }));
      return true;
    } catch (error) {
      if (error instanceof PowensApiError && [401, 403, 404].includes(error.failure.status ?? 0)) {
        return false;
      }
      throw error;
    }
  }
}
