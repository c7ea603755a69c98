import { Injectable } from '@nestjs/common';
import type { AccountState } from '../../custody/account.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { CustodyError } from '../../errors/index.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { AccessToken } from '../../values/access-token.js';
import { isOwnAnswer } from '../losses/loss-policy.service.js';
import { TokenLifecycleService } from '../tokens/token-lifecycle.service.js';

/**
 * Deletes at Powens, with whatever is left to authenticate with.
 *
 * @internal
 */
@Injectable()
export class PowensRemoval {
  constructor(
    private readonly custody: TokenCustodyService,
    private readonly tokens: TokenLifecycleService,
    private readonly powens: PowensClient,
  ) {}

  /** Deletes a connection. One that is gone is no failure. */
  async deleteConnection(account: AccountState, powensConnectionId: string): Promise<void> {
    const { owner, powensUserId } = account;
    if (account.status !== 'active' && powensUserId !== null) {
      // Its token was revoked, or refused: a deletion, perhaps the sweeper's own, must not bring one back for good.
      await this.deleteWithPassingToken(powensUserId, powensConnectionId);
      return;
    }
    const current = await this.tokens.require(owner);
    try {
      await this.tokens.call(owner, current, async (token) =>
        this.powens.deleteConnection(token, powensConnectionId),
      );
    } catch (error) {
      if (!isOwnAnswer(error, [401])) {
        throw error;
      }
      await this.deleteWithPassingToken(current.powensUserId, powensConnectionId);
    }
  }

  /**
   * The owner's will counts although the token is dead and may not be renewed: a token for this one call, which leaves
   * others of the user alone.
   */
  private async deleteWithPassingToken(powensUserId: string, powensConnectionId: string): Promise<void> {
    let token: AccessToken;
    try {
      token = await this.powens.renewToken(powensUserId, { revokePrevious: false });
    } catch (error) {
      if (!isOwnAnswer(error, [400, 404])) {
        throw error;
      }
      // Nobody there by that id: the user is gone, and its connections with it.
      return;
    }
    try {
      await this.powens.deleteConnection(token, powensConnectionId);
    } finally {
      await this.powens.revokeToken(token);
    }
  }

  /**
   * Deletes a Powens user under the lease of its row. A token that Powens no longer takes is renewed once by the user's
   * id: the user must not stay behind because its token was lost.
   */
  async deleteUser(account: AccountState): Promise<void> {
    const { powensUserId } = account;
    if (powensUserId === null) {
      return;
    }
    const stored = this.storedToken(account);
    if (stored === null) {
      await this.deleteWithFreshToken(powensUserId);
      return;
    }
    try {
      await this.powens.deleteUser(stored);
    } catch (error) {
      if (!isOwnAnswer(error, [401])) {
        throw error;
      }
      await this.deleteWithFreshToken(powensUserId);
    }
  }

  private async deleteWithFreshToken(powensUserId: string): Promise<void> {
    try {
      await this.powens.deleteUser(await this.freshToken(powensUserId));
    } catch (error) {
      if (!isOwnAnswer(error, [400, 401, 404])) {
        throw error;
      }
      // Nobody there by that id: the user was deleted before.
    }
  }

  private async freshToken(powensUserId: string): Promise<AccessToken> {
    return this.powens.renewToken(powensUserId, { revokePrevious: true });
  }

  private storedToken({ owner, userId, powensUserId, sealedToken }: AccountState): AccessToken | null {
    if (sealedToken === null || powensUserId === null) {
      return null;
    }
    try {
      return this.custody.open(owner, { userId, powensUserId, sealedToken });
    } catch (error) {
      if (error instanceof CustodyError) {
        // An unreadable token must not keep a user's data alive.
        return null;
      }
      throw error;
    }
  }
}
