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
 * Completes a claimed attempt: right after its callback, or later, from what was stored with the claim.
 *
 * @internal
 */
@Injectable()
export class AttemptRunner {
  private readonly log = new FlowLog();

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly claims: AttemptClaimRepository,
    private readonly grants: TokenAccessService,
    private readonly fulfilment: FulfilmentService,
    private readonly failure: FailureService,
  ) {}

  /**
   * Completes an attempt, ends it, gives it back or puts it off.
   *
   * @param code - of the callback, while it is in memory
   * @returns whether it is connected
   * @throws the error when the attempt was given back, so that the same callback may be sent once more
   */
  async run(attempt: ClaimedAttempt, code: VerifiedCode | null = null): Promise<boolean> {
    const seconds = attemptLeaseSeconds(this.options.powens);
    const extend = async (): Promise<boolean> => this.claims.extend(attempt, seconds);
    return withHeartbeat(seconds, extend, async () => this.complete(attempt, code));
  }

  private async complete(attempt: ClaimedAttempt, code: VerifiedCode | null): Promise<boolean> {
    let grant: TokenAccess | null = null;
    try {
      grant = await this.grants.obtain(attempt, code);
      grant = await this.grants.keep(attempt, grant);
      refuse(attempt, grant);
      const connectionIds = await this.fulfilment.fulfil(attempt, grant);
      this.log.connected(attempt.id, connectionIds);
      return true;
    } catch (error) {
      await this.failure.fail(attempt, grant, error);
      return false;
    }
  }
}

/** What was exchanged all the same, since an exchange was in doubt, and cannot be kept. */
function refuse({ account, claim }: ClaimedAttempt, grant: TokenAccess): void {
  if (claim.error === ABANDONED) {
    throw ownerErased();
  }
  if (grant.kind === 'exchanged' && account !== null) {
    // Another tab was first.
    throw ownerAlreadyConnected();
  }
}
