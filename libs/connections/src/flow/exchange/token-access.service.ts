import { Injectable } from '@nestjs/common';
import { AttemptClaimRepository } from '../../attempts/attempt-claim.repository.js';
import { ABANDONED, MAX_EXCHANGES, type ClaimedAttempt } from '../../attempts/attempt.js';
import { AttemptCustody } from '../../custody/attempt-custody.service.js';
import { ConnectionsError, StorageError } from '../../errors/index.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import type { VerifiedCode } from '../../values/webview-callback.js';
import type { ExchangedTokenAccess, TokenAccess, KeptTokenAccess } from './token-access.types.js';
import { FlowLog } from './flow-log.js';
import { LeaseLostError } from './lease-lost.error.js';
import { TokenService } from '../tokens/token.service.js';

/**
 * Obtains the token that an attempt works with: the stored one, or one exchanged for the code.
 *
 * @internal
 */
@Injectable()
export class TokenAccessService {
  private readonly log = new FlowLog();

  constructor(
    private readonly tokens: TokenService,
    private readonly claims: AttemptClaimRepository,
    private readonly sealing: AttemptCustody,
    private readonly powens: PowensClient,
  ) {}

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
      return exchanged(this.sealing.openToken(claim.sealedToken, attempt), true);
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
    const token = await this.powens.exchangeCode(code, attempt.redirectUri);
    this.log.exchanged(attempt.id);
    return exchanged(token, false);
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
    const sealed = this.sealing.sealToken(access.token, attempt);
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

function exchanged(token: AccessToken, isStored: boolean): ExchangedTokenAccess {
  return { kind: 'exchanged', token, isStored, send: async (call) => call(token) };
}
