import { Inject, Injectable } from '@nestjs/common';
import { AttemptClaimRepository } from '../../attempts/attempt-claim.repository.js';
import { ABANDONED, MAX_EXCHANGES, type ClaimedAttempt } from '../../attempts/attempt.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { AttemptCustody } from '../../custody/attempt-custody.service.js';
import { PowensUserLeaseRepository } from '../../custody/powens-user-lease.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { ConnectionsError, PowensApiError, StorageError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { PowensUser } from '../../powens/powens.parsers.js';
import type { Tenant } from '../../custody/tenants/tenant.js';
import { exchangeDuration } from '../../telemetry/metrics.js';
import { timed } from '../../telemetry/outcome.js';
import { inSpan } from '../../telemetry/spans.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import type { VerifiedCode } from '../../values/webview-callback.js';
import { FlowLog } from './flow-log.js';
import { LeaseLostError } from './lease-lost.error.js';
import { beginOf, isMadeDuring } from './made-during.js';
import type { ExchangedTokenAccess, KeptTokenAccess, TokenAccess, Undone } from './token-access.types.js';
import { TokenService } from '../tokens/token.service.js';

/**
 * The token that an attempt works with: obtained, stored with the attempt before its first use, handed over to the process that
 * completes the attempt instead of this one, or compensated for at Powens when it cannot be stored.
 *
 * @internal
 */
@Injectable()
export class TokenAccessService {
  readonly #log: FlowLog;

  constructor(
    private readonly tokens: TokenService,
    private readonly claims: AttemptClaimRepository,
    private readonly sealing: AttemptCustody,
    private readonly powens: PowensClient,
    private readonly leases: PowensUserLeaseRepository,
    private readonly custody: TokenCustodyService,
    @Inject(RESOLVED_OPTIONS) options: Pick<ResolvedOptions, 'instance'>,
  ) {
    this.#log = new FlowLog(options);
  }

  /**
   * Obtains the token access of an attempt. No transaction is open during the calls to Powens (RL-02).
   *
   * @param code - of the callback, while it is in memory; null opens the sealed one
   * @throws ConnectionsError the error of the callback, `callback_incomplete`, `not_connected`,
   *   `owner_already_connected`, `outcome_unknown` when the code was sent the maximum number of times; PowensApiError;
   *   CustodyError, also for an attempt that is not as it was issued; StorageError
   */
  async obtain(attempt: ClaimedAttempt, code: VerifiedCode | null): Promise<TokenAccess> {
    const { claim, expectsCode } = attempt;
    this.sealing.verify(attempt.bound);
    refuseError(attempt);
    if (!expectsCode) {
      return this.kept(attempt);
    }
    if (claim.sealedToken !== null) {
      const token = await this.sealing.openToken(claim.sealedToken, attempt);
      return exchanged(token, await this.sealing.tenantOf(attempt), true);
    }
    return this.exchange(attempt, this.codeOf(attempt, code));
  }

  private codeOf({ user, claim }: ClaimedAttempt, code: VerifiedCode | null): VerifiedCode {
    if (claim.exchange > MAX_EXCHANGES) {
      throw new ConnectionsError('outcome_unknown', 'The code was used up, and its answer was lost.');
    }
    if (claim.exchange <= 1 && (user !== null || claim.error === ABANDONED)) {
      // Do not exchange the code: Powens removes the anonymous user of an unexchanged code.
      throw ownerAlreadyConnected();
    }
    if (claim.sealedCode === null) {
      throw new ConnectionsError('callback_incomplete', 'The webview came back without a code.');
    }
    return code ?? this.sealing.openCode(claim.sealedCode, claim.codeBinding);
  }

  private async exchange(attempt: ClaimedAttempt, code: VerifiedCode): Promise<ExchangedTokenAccess> {
    // First: the token that the code is exchanged for must not be lost.
    const tenant = await this.sealing.tenantOf(attempt);
    const send = async (): Promise<AccessToken> =>
      this.powens.exchangeCode(code, attempt, tenant.application);
    const token = await timed(
      async () => inSpan('powens.exchange', send),
      (startMs, outcome) => {
        exchangeDuration.recordSince(startMs, outcome);
      },
    );
    this.#log.exchanged(attempt.id);
    return exchanged(token, tenant, false);
  }

  /**
   * Stores a token with its attempt before its first use: a failed read, a refused commit or a crash of this process then
   * loses nothing. An unavailable database is not reported here: the commit that follows fails with it.
   *
   * @returns the access, whose `isStored` says whether the attempt holds the token
   * @throws LeaseLostError when another process completes the attempt
   */
  async keep(attempt: ClaimedAttempt, access: TokenAccess): Promise<TokenAccess> {
    if (access.kind === 'kept' || access.isStored) {
      return access;
    }
    const sealed = this.sealing.sealToken(access.token, attempt, access.tenant);
    try {
      if ((await this.claims.keepToken(attempt, sealed)) === 'kept') {
        return { ...access, isStored: true };
      }
    } catch (error) {
      if (!(error instanceof StorageError)) {
        throw error;
      }
      return access;
    }
    throw new LeaseLostError();
  }

  /**
   * Hands the token over to the process that took over the lease: this process stops, but must not drop a token that only its
   * memory holds. If that is too late, it revokes the token, or compensates for the attempt when no row holds a token of it.
   * Changes nothing else about the attempt, and never fails.
   *
   * @see N13
   */
  async handOver(attempt: ClaimedAttempt, access: TokenAccess | null): Promise<void> {
    this.#log.leaseLost(attempt.id);
    if (access?.kind !== 'exchanged') {
      return;
    }
    try {
      await this.settle(attempt, access);
    } catch (error) {
      this.#log.orphaned(attempt.id, error);
    }
  }

  private async settle(attempt: ClaimedAttempt, { token, tenant }: ExchangedTokenAccess): Promise<void> {
    const handed = await this.claims.keepToken(attempt, this.sealing.sealToken(token, attempt, tenant));
    if (handed !== 'refused') {
      return;
    }
    const kept = await this.claims.findKeptToken(attempt.id);
    if (kept === undefined || kept === null) {
      await this.compensate(attempt, token);
    } else if (!isSame(await this.sealing.openToken(kept, attempt), token)) {
      // The other process has a token of its own for the same Powens user.
      await this.powens.revokeToken(token);
    }
  }

  /**
   * Compensates for a webview flow whose result cannot be stored: deletes the Powens user with its bank, or revokes only the token
   * where it is not certain that this attempt created the user. The token alone identifies the user, and authenticates every call.
   *
   * @param token - obtained for the code of the attempt, and held by no Powens user row
   * @throws PowensApiError when a call to Powens fails; StorageError
   */
  async compensate(attempt: Pick<ClaimedAttempt, 'id' | 'createdAt'>, token: AccessToken): Promise<Undone> {
    const undone = await this.undo(attempt, token);
    this.#log.undone(attempt.id, undone);
    return undone;
  }

  private async undo(attempt: Pick<ClaimedAttempt, 'id' | 'createdAt'>, token: AccessToken): Promise<Undone> {
    const user = await this.userOf(token);
    if (user === null) {
      return { kind: 'gone' };
    }
    const powensUserId = user.id;
    if ((await this.leases.findByPowensUser(powensUserId)) !== null) {
      // An owner has this Powens user: another attempt of the same browser was faster, or the code was another person's.
      const isInUse = await token.use(async (clear) => this.custody.isTokenOf(powensUserId, clear));
      return isInUse ? { kind: 'kept' } : this.revoke(token, powensUserId);
    }
    const since = { createdAt: beginOf(attempt) };
    // An empty list of connections would say nothing about an older user.
    const isNew =
      isMadeDuring(since, { created: user.signin }) &&
      (await this.powens.listConnections(token)).every((connection) => isMadeDuring(since, connection));
    if (!isNew) {
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

  private kept({ user, owner }: ClaimedAttempt): KeptTokenAccess {
    if (user === null) {
      throw new ConnectionsError(
        'not_connected',
        'The access token that this attempt was started with is gone.',
      );
    }
    return { kind: 'kept', user, send: async (call) => this.tokens.call(owner, user, call) };
  }
}

/** The error for an attempt of an owner who got a Powens user from another attempt. */
export function ownerAlreadyConnected(): ConnectionsError {
  return new ConnectionsError(
    'owner_already_connected',
    'Another attempt of this owner was completed first.',
  );
}

/** A code in a callback with an error is not exchanged (OA-23). */
function refuseError({ claim, expectsCode }: ClaimedAttempt): void {
  if (claim.error === ABANDONED ? !expectsCode : claim.error !== null) {
    throw new ConnectionsError(
      claim.error as ConnectionsError['code'],
      `The webview came back with an error: ${claim.error}.`,
    );
  }
}

function exchanged(token: AccessToken, tenant: Tenant, isStored: boolean): ExchangedTokenAccess {
  return { kind: 'exchanged', token, tenant, isStored, send: async (call) => call(token) };
}

function isGone({ failure }: PowensApiError): boolean {
  return failure.status === 401 || failure.status === 404;
}

function isSame(one: AccessToken, other: AccessToken): boolean {
  return one.use((first) => other.use((second) => first === second));
}
