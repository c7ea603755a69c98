import { Injectable } from '@nestjs/common';
import type { PlannedRemoval } from '../../connections/removal.repository.js';
import { ConnectionCustody } from '../../custody/connections/connection-custody.service.js';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { CustodyError } from '../../errors/index.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { DeletableConnectionId } from '../../values/verified-ids.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import { isOwnAnswer } from '../losses/loss-policy.service.js';
import { TokenService } from '../tokens/token.service.js';
import { TokenRenewal } from '../tokens/token-renewal.service.js';

/**
 * Deletes at Powens, with whatever is left to authenticate with.
 *
 * @internal
 */
@Injectable()
export class PowensRemoval {
  constructor(
    private readonly custody: TokenCustodyService,
    private readonly tokens: TokenService,
    private readonly renewal: TokenRenewal,
    private readonly powens: PowensClient,
    private readonly connections: ConnectionCustody,
  ) {}

  /**
   * Deletes a connection, the only place that does so for a row. One that is gone is no failure.
   *
   * @throws ProviderMismatchError and CustodyError when the row of the user or of the connection is not as this library wrote it,
   *   or it did not write the intent: then nothing was deleted
   */
  async deleteConnection(account: PowensUserState, removal: PlannedRemoval): Promise<void> {
    const { owner, powensUserId } = account;
    if (powensUserId !== null) {
      this.custody.verify(account);
    }
    const powensConnectionId = this.connections.verifyRemoval(removal, account.userId);
    if (account.status !== 'active' && powensUserId !== null) {
      // Its token was revoked, or refused: a deletion, perhaps the sweeper's own, must not bring one back for good.
      await this.deleteWithTemporaryToken(account, powensConnectionId);
      return;
    }
    const current = await this.tokens.require(owner);
    try {
      await this.tokens.call(owner, current, async (token) =>
        this.powens.deleteConnection(token, powensConnectionId),
      );
    } catch (error) {
      if (isNoUser(error)) {
        return;
      }
      if (!isOwnAnswer(error, [401])) {
        throw error;
      }
      await this.deleteWithTemporaryToken(account, powensConnectionId);
    }
  }

  /**
   * The owner's will counts although the token is dead and may not be renewed: a token for this one call, which leaves
   * others of the user alone.
   */
  private async deleteWithTemporaryToken(
    account: PowensUserState,
    powensConnectionId: DeletableConnectionId,
  ): Promise<void> {
    try {
      await this.renewal.withTemporaryToken(account, async (token) =>
        this.powens.deleteConnection(token, powensConnectionId),
      );
    } catch (error) {
      // No user has that id: it is gone, and its connections with it.
      if (!isNoUser(error)) {
        throw error;
      }
    }
  }

  /**
   * Deletes a Powens user under the lease of its row. Where Powens no longer takes the token, one is made for this by the
   * user's id: the user must not stay behind because its token was lost.
   *
   * @throws ProviderMismatchError and CustodyError when the row may not be acted for: then nothing was deleted
   */
  async deleteUser(account: PowensUserState): Promise<void> {
    if (account.powensUserId === null) {
      return;
    }
    this.custody.verify(account);
    const stored = this.storedToken(account);
    if (stored === null) {
      await this.deleteUserWithTemporaryToken(account);
      return;
    }
    try {
      await this.powens.deleteUser(stored);
    } catch (error) {
      if (!isOwnAnswer(error, [401])) {
        throw error;
      }
      await this.deleteUserWithTemporaryToken(account);
    }
  }

  private async deleteUserWithTemporaryToken(account: PowensUserState): Promise<void> {
    try {
      await this.renewal.withTemporaryToken(account, async (token) => this.powens.deleteUser(token));
    } catch (error) {
      // No user has that id: it was deleted before.
      if (!isNoUser(error)) {
        throw error;
      }
    }
  }

  private storedToken(account: PowensUserState): AccessToken | null {
    const { owner, powensUserId, sealedToken } = account;
    if (sealedToken === null || powensUserId === null) {
      return null;
    }
    try {
      return this.custody.open(owner, { ...account, powensUserId, sealedToken });
    } catch (error) {
      if (error instanceof CustodyError) {
        // An unreadable token must not keep a user's data alive.
        return null;
      }
      throw error;
    }
  }
}

/** Whether Powens has no user of the number that a token was asked for. */
function isNoUser(error: unknown): boolean {
  return isOwnAnswer(error, [400, 404]) && error.failure.operation === 'POST /auth/renew';
}
