import { Inject, Injectable } from '@nestjs/common';
import { AttemptClaimRepository } from '../../attempts/attempt-claim.repository.js';
import { ABANDONED, type ClaimedAttempt } from '../../attempts/attempt.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { attemptLeaseSeconds } from '../../options/resolve/call-time.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { VerifiedCode } from '../../values/webview-callback.js';
import type { TokenAccess } from '../exchange/token-access.types.js';
import { FailureService, ownerErased } from './failure.service.js';
import { FlowLog } from '../exchange/flow-log.js';
import { FulfilmentService } from './fulfilment.service.js';
import { TokenAccessService, ownerAlreadyConnected } from '../exchange/token-access.service.js';
import { withHeartbeat } from '../../background/heartbeat.js';

/**
 * Completes a claimed attempt: immediately after its callback, or later from the data stored with the claim.
 *
 * @internal
 */
@Injectable()
export class AttemptRunner {
  private readonly log = new FlowLog();

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly claims: AttemptClaimRepository,
    private readonly tokenAccess: TokenAccessService,
    private readonly fulfilment: FulfilmentService,
    private readonly failure: FailureService,
  ) {}

  /**
   * Completes, ends, releases or postpones an attempt.
   *
   * @param code - of the callback, while it is in memory
   * @returns whether it is connected
   * @throws the error when the attempt was released, so that the same callback may be sent again
   */
  async run(attempt: ClaimedAttempt, code: VerifiedCode | null = null): Promise<boolean> {
    const seconds = attemptLeaseSeconds(this.options.powens);
    const extend = async (): Promise<boolean> => this.claims.extend(attempt, seconds);
    return withHeartbeat(seconds, extend, async () => this.complete(attempt, code));
  }

  private async complete(attempt: ClaimedAttempt, code: VerifiedCode | null): Promise<boolean> {
    let access: TokenAccess | null = null;
    try {
      access = await this.tokenAccess.obtain(attempt, code);
      access = await this.tokenAccess.keep(attempt, access);
      refuse(attempt, access);
      const connectionIds = await this.fulfilment.fulfil(attempt, access);
      this.log.connected(attempt.id, connectionIds);
      return true;
    } catch (error) {
      await this.failure.fail(attempt, access, error);
      return false;
    }
  }
}

/** Refuses a token that was exchanged only because the outcome of an earlier exchange was unknown, and that cannot be stored. */
function refuse({ user, claim }: ClaimedAttempt, access: TokenAccess): void {
  if (claim.error === ABANDONED) {
    throw ownerErased();
  }
  if (access.kind === 'exchanged' && user !== null) {
    // Another tab completed first.
    throw ownerAlreadyConnected();
  }
}
