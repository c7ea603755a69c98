import { Injectable } from '@nestjs/common';
import { AttemptClaimRepository } from '../../attempts/attempt-claim.repository.js';
import type { ClaimedAttempt } from '../../attempts/attempt.js';
import { AttemptCustody } from '../../custody/attempt-custody.service.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import type { TokenAccess } from '../exchange/token-access.types.js';
import { FlowLog } from '../exchange/flow-log.js';
import { Compensation } from '../exchange/compensation.service.js';

/**
 * Handles the loss of an attempt's lease to another process. This process stops, but must not drop a token that only its memory
 * holds.
 *
 * @see N13
 * @internal
 */
@Injectable()
export class LostLease {
  private readonly log = new FlowLog();

  constructor(
    private readonly claims: AttemptClaimRepository,
    private readonly sealing: AttemptCustody,
    private readonly powens: PowensClient,
    private readonly compensation: Compensation,
  ) {}

  /**
   * Hands the token over to the process that holds the lease. If that is too late, it revokes the token, or compensates for the attempt
   * when no row holds a token of it. Changes nothing else about the attempt.
   */
  async resolve(attempt: ClaimedAttempt, access: TokenAccess | null): Promise<void> {
    this.log.leaseLost(attempt.id);
    if (access?.kind !== 'exchanged') {
      return;
    }
    try {
      await this.settle(attempt, access.token);
    } catch (error) {
      this.log.orphaned(attempt.id, error);
    }
  }

  private async settle(attempt: ClaimedAttempt, token: AccessToken): Promise<void> {
    const handed = await this.claims.keepToken(attempt, this.sealing.sealToken(token, attempt));
    if (handed !== 'refused') {
      return;
    }
    const kept = await this.claims.findKeptToken(attempt.id);
    if (kept === undefined || kept === null) {
      this.log.undone(attempt.id, await this.compensation.compensate(attempt, token));
    } else if (!isSame(this.sealing.openToken(kept, attempt), token)) {
      // The other process has a token of its own for the same Powens user.
      await this.powens.revokeToken(token);
    }
  }
}

function isSame(one: AccessToken, other: AccessToken): boolean {
  return one.use((first) => other.use((second) => first === second));
}
