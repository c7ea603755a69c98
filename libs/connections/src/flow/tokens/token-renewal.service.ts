import { Inject, Injectable, type Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import { Tenants } from '../../custody/tenants/tenants.service.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { PowensApiError, ProviderMismatchError } from '../../errors/index.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { PowensUser } from '../../powens/powens.parsers.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import type { ClientApplication } from '../../values/secrets/client-application.js';
import { timeOfId } from '../../values/ids/time-of-id.js';
import type { VerifiedPowensUserId } from '../../values/verified-ids.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { loggerOf } from '../../options/registration/logger-of.js';

const DAY_MS = 86_400_000;

/** Whether Powens must list a connection that is known here, or may also list no connection at all. */
type Agreement = 'one is listed' | 'one is listed, or none exists';

/**
 * Obtains tokens by a Powens user's id, with the client secret. Powens issues one for any user with that number, so every
 * token is verified before its use: its user has that id, and Powens lists a connection that is known here. Where none is known,
 * Powens lists none either, or the user was created when its row was. A token that fails the check is revoked, and no other one.
 *
 * @see RL-09, RL-10
 * @internal
 */
@Injectable()
export class TokenRenewal {
  readonly #logger: Logger;

  constructor(
    private readonly custody: TokenCustodyService,
    private readonly changes: ConnectionChangesRepository,
    private readonly powens: PowensClient,
    private readonly tenants: Tenants,
    @Inject(RESOLVED_OPTIONS) options: Pick<ResolvedOptions, 'instance'>,
  ) {
    this.#logger = loggerOf('ConnectionsTokens', options);
  }

  /**
   * Replaces every token of a Powens user by a new one. The previous tokens are revoked only after the user was verified: a first
   * token, which does not revoke the others, is used for the check; the second one replaces them.
   *
   * When the process dies in between, the next renewal revokes the tokens that are left.
   *
   * @throws ProviderMismatchError when that number belongs to another user at Powens, or Powens lists no connection that is known
   *   here; CustodyError; PowensApiError
   */
  async renew(user: PowensUserState): Promise<AccessToken> {
    const powensUserId = this.custody.verify(user);
    const done = { isReplaced: false };
    try {
      return await this.lend(user, powensUserId, 'one is listed', async (_, own) => {
        const token = await this.powens.renewToken(powensUserId, { revokePrevious: true, own });
        done.isReplaced = true;
        await this.assertUser(token, powensUserId);
        return token;
      });
    } catch (error) {
      // The stored token is revoked: what refuses a later call must not look like a renewal that changed nothing.
      throw done.isReplaced && error instanceof PowensApiError ? unfinished(error) : error;
    }
  }

  /**
   * Runs one operation of the owner with a new token, because the stored one is dead, and revokes the new one afterwards. Other
   * tokens of the user stay valid.
   *
   * @throws as {@link TokenRenewal.renew}; what `use` throws
   */
  async withTemporaryToken<T>(user: PowensUserState, use: (token: AccessToken) => Promise<T>): Promise<T> {
    const powensUserId = this.custody.verify(user);
    // An empty list cannot contain connections of another person.
    return this.lend(user, powensUserId, 'one is listed, or none exists', use);
  }

  /** Revokes this token, and no other of its user. A token that is dead already is no failure. */
  async revoke(token: AccessToken): Promise<void> {
    await this.powens.revokeToken(token);
  }

  private async lend<T>(
    user: PowensUserState,
    powensUserId: VerifiedPowensUserId,
    agreement: Agreement,
    use: (token: AccessToken, own: ClientApplication | null) => Promise<T>,
  ): Promise<T> {
    const own = await this.tenants.applicationOf(user.owner);
    const token = await this.powens.renewToken(powensUserId, { revokePrevious: false, own });
    let result: T;
    try {
      const { signin } = await this.assertUser(token, powensUserId);
      await this.assertConnections(token, { ...user, signin }, agreement);
      result = await use(token, own);
    } catch (error) {
      await this.discard(token, powensUserId, error);
      throw error;
    }
    // A later token may have replaced it, or its user was deleted: a dead token is no failure.
    await this.powens.revokeToken(token);
    return result;
  }

  private async assertUser(token: AccessToken, powensUserId: VerifiedPowensUserId): Promise<PowensUser> {
    const user = await this.powens.getUser(token);
    if (user.id !== powensUserId) {
      throw ProviderMismatchError.atPowens(
        powensUserId,
        'the token obtained for it belongs to another Powens user',
      );
    }
    return user;
  }

  private async assertConnections(
    token: AccessToken,
    { userId, powensUserId, signin }: PowensUserState & Pick<PowensUser, 'signin'>,
    agreement: Agreement,
  ): Promise<void> {
    const kept = await this.changes.findEveryOf(userId);
    const listed = new Set((await this.powens.listConnections(token)).map(({ id }) => id));
    // Without a connection here only the time is left to compare: a number that was given again has a user of another day.
    const isAgreed =
      kept.length === 0
        ? isCreatedWith(userId, signin)
        : kept.some(({ powensConnectionId }) => listed.has(powensConnectionId));
    // Connections that are gone or being deleted may be missing at Powens, but the list must not have only unknown ones: an owner
    // who deletes the last bank must not get another person's Powens user.
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

  /** Revokes a token that is not stored: no other process knows it. A failure here must not hide the first error. */
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
        `A token obtained for Powens user ${powensUserId} is not stored and could not be revoked: the next renewal revokes it`,
      );
    }
  }
}

/** The failure of a renewal that Powens has processed. */
function unfinished({ code, failure, retryAfterSeconds }: PowensApiError): PowensApiError {
  return new PowensApiError(
    code as ConstructorParameters<typeof PowensApiError>[0],
    { ...failure, processed: 'unknown' },
    retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
  );
}

/** Whether a Powens user was created when its row was: before or after it, as the provisioning decides, and by another clock. */
function isCreatedWith(userId: string, signin: Date | null): boolean {
  return signin !== null && Math.abs(signin.getTime() - timeOfId(userId).getTime()) < DAY_MS;
}
