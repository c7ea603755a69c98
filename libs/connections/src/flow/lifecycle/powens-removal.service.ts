import { Injectable } from '@nestjs/common';
import type { PlannedRemoval, RemovableConnection } from '../../connections/removal.repository.js';
import { ConnectionCustody } from '../../custody/connections/connection-custody.service.js';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { CustodyError } from '../../errors/index.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { DeletableConnectionId } from '../../values/verified-ids.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import { isOwnAnswer } from '../losses/own-connections.js';
import { TokenService } from '../tokens/token.service.js';
import { TokenRenewal } from '../tokens/token-renewal.service.js';

/**
 * Deletes connections and users at Powens: with the stored token, or with a temporary one where that is unusable.
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
   * Authenticates the request of an owner to delete a connection.
   *
   * @returns the intent to store with the row
   * @throws CustodyError when the row was edited
   */
  authorize(connection: RemovableConnection): string {
    return this.connections.authorizeRequest(connection);
  }

  /**
   * Deletes a connection. No other method does so for a row. A connection that is gone already is no failure.
   *
   * @throws ProviderMismatchError and CustodyError when the row of the user or of the connection was edited, or the intent was not
   *   written by this library: then nothing was deleted
   */
  async deleteConnection(user: PowensUserState, removal: PlannedRemoval): Promise<void> {
    const { owner, powensUserId } = user;
    if (powensUserId !== null) {
      this.custody.verify(user);
    }
    const powensConnectionId = this.connections.verifyRemoval(removal, user.userId);
    if (user.status !== 'active' && powensUserId !== null) {
      // Its token was revoked or refused: a deletion, possibly by the sweeper, must not store a new one.
      await this.deleteWithTemporaryToken(user, powensConnectionId);
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
      await this.deleteWithTemporaryToken(user, powensConnectionId);
    }
  }

  /**
   * Deletes a connection with a token for this one call. The owner asked for the deletion, so it must not fail because the stored
   * token is dead and may not be renewed. Other tokens of the user stay valid.
   */
  private async deleteWithTemporaryToken(
    user: PowensUserState,
    powensConnectionId: DeletableConnectionId,
  ): Promise<void> {
    try {
      await this.renewal.withTemporaryToken(user, async (token) =>
        this.powens.deleteConnection(token, powensConnectionId),
      );
    } catch (error) {
      // No Powens user has that id: the user is gone, and its connections with it.
      if (!isNoUser(error)) {
        throw error;
      }
    }
  }

  /**
   * Deletes a Powens user under the lease of its row. When Powens no longer accepts the token, a temporary one is obtained by
   * the user's id: a lost token must not prevent the deletion of the user.
   *
   * @throws ProviderMismatchError and CustodyError when the row fails its verification: then nothing was deleted
   */
  async deleteUser(user: PowensUserState): Promise<void> {
    if (user.powensUserId === null) {
      return;
    }
    this.custody.verify(user);
    const stored = await this.storedToken(user);
    if (stored === null) {
      await this.deleteUserWithTemporaryToken(user);
      return;
    }
    try {
      await this.powens.deleteUser(stored);
    } catch (error) {
      if (!isOwnAnswer(error, [401])) {
        throw error;
      }
      await this.deleteUserWithTemporaryToken(user);
    }
  }

  private async deleteUserWithTemporaryToken(user: PowensUserState): Promise<void> {
    try {
      await this.renewal.withTemporaryToken(user, async (token) => this.powens.deleteUser(token));
    } catch (error) {
      // No Powens user has that id: it was deleted before.
      if (!isNoUser(error)) {
        throw error;
      }
    }
  }

  private async storedToken(user: PowensUserState): Promise<AccessToken | null> {
    const { owner, powensUserId, sealedToken } = user;
    if (sealedToken === null || powensUserId === null) {
      return null;
    }
    try {
      return await this.custody.open(owner, { ...user, powensUserId, sealedToken });
    } catch (error) {
      if (error instanceof CustodyError) {
        // An unreadable token must not prevent the deletion of the user's data.
        return null;
      }
      throw error;
    }
  }
}

/** Whether Powens has no user with the id that a token was requested for. */
function isNoUser(error: unknown): boolean {
  return isOwnAnswer(error, [400, 404]) && error.failure.operation === 'POST /auth/renew';
}
