import { Injectable } from '@nestjs/common';
import type { ClaimedAttempt } from '../../attempts/attempt.js';
import { PowensUserLeaseRepository } from '../../custody/powens-user-lease.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { PowensApiError } from '../../errors/index.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { PowensUser } from '../../powens/powens.parsers.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import { isMadeDuring } from './made-during.js';

/** The result of an undo: what was removed at Powens. */
export type Undone =
  | { readonly kind: 'user_deleted' | 'token_revoked'; readonly powensUserId: string }
  | { readonly kind: 'gone' }
  | { readonly kind: 'kept' };

/**
 * Compensates for a webview flow whose result cannot be stored: deletes the Powens user with its bank, or revokes only the token
 * where it is not certain that this attempt created the user.
 *
 * @internal
 */
@Injectable()
export class Compensation {
  constructor(
    private readonly leases: PowensUserLeaseRepository,
    private readonly custody: TokenCustodyService,
    private readonly powens: PowensClient,
  ) {}

  /**
   * Compensates for an attempt. The token alone identifies the Powens user, and authenticates every call.
   *
   * @param token - obtained for the code of the attempt, and held by no Powens user row
   * @throws PowensApiError when a call to Powens fails; StorageError
   */
  async compensate(attempt: Pick<ClaimedAttempt, 'id' | 'createdAt'>, token: AccessToken): Promise<Undone> {
    const user = await this.userOf(token);
    if (user === null) {
      return { kind: 'gone' };
    }
    const powensUserId = user.id;
    const known = await this.leases.findByPowensUser(powensUserId);
    if (known !== null) {
      // An owner has this Powens user: another attempt of the same browser was faster, or the code was another person's.
      const isInUse = await token.use(async (clear) => this.custody.isTokenOf(powensUserId, clear));
      return isInUse ? { kind: 'kept' } : this.revoke(token, powensUserId);
    }
    const since = { createdAt: beginOf(attempt) };
    if (!isMadeDuring(since, { created: user.signin })) {
      // An empty list of connections would say nothing about an older user.
      return this.revoke(token, powensUserId);
    }
    const connections = await this.powens.listConnections(token);
    if (!connections.every((connection) => isMadeDuring(since, connection))) {
      return this.revoke(token, powensUserId);
    }
    await this.powens.deleteUser(token);
    return { kind: 'user_deleted', powensUserId };
  }

  private async revoke(token: AccessToken, powensUserId: string): Promise<Undone> {
    await this.powens.revokeToken(token);
    return { kind: 'token_revoked', powensUserId };
  }

  /** Null when an answer of Powens itself, not of an intermediary, says that the token or its user is gone. */
  private async userOf(token: AccessToken): Promise<PowensUser | null> {
    try {
      return await this.powens.getUser(token);
    } catch (error) {
      if (error instanceof PowensApiError && error.failure.powensCode !== null && isGone(error)) {
        return null;
      }
      throw error;
    }
  }
}

function isGone({ failure }: PowensApiError): boolean {
  return failure.status === 401 || failure.status === 404;
}

/**
 * The later of the row's creation time and the time in its id (uuidv7). The id is authenticated and the time is not: an edited row
 * must not make an older connection look as if this attempt had created it.
 */
function beginOf({ id, createdAt }: Pick<ClaimedAttempt, 'id' | 'createdAt'>): Date {
  const issuedMs = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  return new Date(Math.max(issuedMs, createdAt.getTime()));
}
