import { Injectable, Logger } from '@nestjs/common';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { ProviderMismatchError } from '../../errors/index.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import type { VerifiedPowensUserId } from '../../values/verified-ids.js';

/** Whether Powens must list a connection that is known here, or only none but others. */
type Agreement = 'one is listed' | 'one is listed, or none exists';

/**
 * Obtains tokens by a Powens user's id, with the client secret. Powens gives one for whatever user has the number, so
 * every token is checked before anything is done with it: its user has that id, and a connection known here is among its
 * own. A token that does not agree is revoked, and no other.
 *
 * @see RL-09, RL-10
 * @internal
 */
@Injectable()
export class TokenRenewal {
  readonly #logger = new Logger('ConnectionsTokens');

  constructor(
    private readonly custody: TokenCustodyService,
    private readonly changes: ConnectionChangesRepository,
    private readonly powens: PowensClient,
  ) {}

  /**
   * Makes the one token that a Powens user has from now on. The tokens before it are revoked only once the user is
   * certainly the one that is meant: a first token, which leaves the others alone, looks; the second one replaces them.
   *
   * When the process dies in between, the next renewal revokes whatever is left.
   *
   * @throws ProviderMismatchError when Powens has somebody else, or nothing known here, under that number; CustodyError;
   *   PowensApiError
   */
  async renew(account: PowensUserState): Promise<AccessToken> {
    const powensUserId = this.custody.verify(account);
    return this.lend(account, powensUserId, 'one is listed', async () => {
      const token = await this.powens.renewToken(powensUserId, { revokePrevious: true });
      await this.assertUser(token, powensUserId);
      return token;
    });
  }

  /**
   * Lends a token for one thing that the owner wants done although the stored token is dead, and revokes it. Others of the
   * user are left alone.
   *
   * @throws as {@link TokenRenewal.renew}; what `use` throws
   */
  async withTemporaryToken<T>(account: PowensUserState, use: (token: AccessToken) => Promise<T>): Promise<T> {
    const powensUserId = this.custody.verify(account);
    // Nothing there is nothing that could be somebody else's.
    return this.lend(account, powensUserId, 'one is listed, or none exists', use);
  }

  /** Revokes a token itself, and no other of its user. One that is dead already is no failure. */
  async revoke(token: AccessToken): Promise<void> {
    await this.powens.revokeToken(token);
  }

  private async lend<T>(
    account: PowensUserState,
    powensUserId: VerifiedPowensUserId,
    agreement: Agreement,
    use: (token: AccessToken) => Promise<T>,
  ): Promise<T> {
    const token = await this.powens.renewToken(powensUserId, { revokePrevious: false });
    let result: T;
    try {
      await this.assertUser(token, powensUserId);
      await this.assertConnections(token, account, agreement);
      result = await use(token);
    } catch (error) {
      await this.discard(token, powensUserId, error);
      throw error;
    }
    // Dead already where a later one replaced it, or its user is deleted: that is no failure.
    await this.powens.revokeToken(token);
    return result;
  }

  private async assertUser(token: AccessToken, powensUserId: VerifiedPowensUserId): Promise<void> {
    const { id } = await this.powens.getUser(token);
    if (id !== powensUserId) {
      throw ProviderMismatchError.atPowens(
        powensUserId,
        'the token obtained for it belongs to another Powens user',
      );
    }
  }

  private async assertConnections(
    token: AccessToken,
    { userId, powensUserId }: PowensUserState,
    agreement: Agreement,
  ): Promise<void> {
    const kept = await this.changes.findEveryOf(userId);
    if (kept.length === 0) {
      return;
    }
    const listed = new Set((await this.powens.listConnections(token)).map(({ id }) => id));
    const isAgreed = kept.some(({ powensConnectionId }) => listed.has(powensConnectionId));
    // What is gone, or being deleted, may stay away, but may not have become another's: an owner who deletes the last bank
    // must not be given the user of a stranger for it.
    const mayBeEmpty =
      agreement === 'one is listed, or none exists' ||
      kept.every(({ status }) => ['gone', 'deleting'].includes(status));
    if (!isAgreed && !(listed.size === 0 && mayBeEmpty)) {
      throw ProviderMismatchError.atPowens(
        powensUserId ?? '',
        'Powens lists none of the connections that are known here',
      );
    }
  }

  /** Revokes a token that is not kept: nobody else knows it. What failed before is what the caller is told. */
  private async discard(
    token: AccessToken,
    powensUserId: VerifiedPowensUserId,
    reason: unknown,
  ): Promise<void> {
    const isRevoked = await this.powens.revokeToken(token).then(
      () => true,
      () => false,
    );
    if (reason instanceof ProviderMismatchError) {
      this.#logger.error(
        `SECURITY: the token of Powens user ${powensUserId} was not renewed. ${reason.message}`,
      );
    }
    if (!isRevoked) {
      this.#logger.error(
        `A token made for Powens user ${powensUserId} is not kept and could not be revoked: the next renewal revokes it`,
      );
    }
  }
}
