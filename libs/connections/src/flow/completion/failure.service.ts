import { Inject, Injectable } from '@nestjs/common';
import { AttemptClaimRepository, type AttemptEnd } from '../../attempts/attempt-claim.repository.js';
import { ABANDONED, type ClaimedAttempt } from '../../attempts/attempt.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsError, ruleOf } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { attemptDuration } from '../../telemetry/metrics.js';
import { annotate } from '../../telemetry/span-attributes.js';
import { idsOf } from '../changes/event-ids.js';
import { EventTransaction } from '../changes/event-transaction.js';
import type { TokenAccess } from '../exchange/token-access.types.js';
import { FlowLog } from '../exchange/flow-log.js';
import { TokenAudit } from '../tokens/token-audit.service.js';
import { outcomeOf } from '../../telemetry/outcome.js';
import { TokenAccessService } from '../exchange/token-access.service.js';
import { verdictOf, type Verdict } from './verdict.js';

/**
 * Releases, postpones or ends an attempt that could not be completed. Afterwards every attempt has an end or a next step, and
 * every token is stored in a row or revoked.
 *
 * @internal
 */
@Injectable()
export class FailAttempt {
  readonly #log: FlowLog;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly claims: AttemptClaimRepository,
    private readonly tokenAccess: TokenAccessService,
    private readonly events: EventTransaction,
    private readonly audit: TokenAudit,
  ) {
    this.#log = new FlowLog(options);
  }

  /**
   * Handles an error that interrupted the completion of an attempt.
   *
   * @param access - the token obtained before the error, or null
   * @throws the error again when the attempt was released, so that the same callback may be sent again
   */
  async fail(attempt: ClaimedAttempt, access: TokenAccess | null, error: unknown): Promise<void> {
    const isBusy = error instanceof ConnectionsError && error.code === 'busy';
    const lease = isBusy ? await this.claims.findHeld(attempt) : 'held';
    if (lease === 'lost') {
      await this.tokenAccess.handOver(attempt, access);
      return;
    }
    if (lease === 'abandoned' && attempt.claim.error !== ABANDONED) {
      const abandoned = { ...attempt, claim: { ...attempt.claim, error: ABANDONED } };
      await this.fail(abandoned, access, ownerErased());
      return;
    }
    const verdict = verdictOf(attempt, access?.kind ?? 'nothing', error, this.recoverySeconds);
    const isDone = await this.act(attempt, access, { verdict, error });
    if (!isDone) {
      await this.tokenAccess.handOver(attempt, access);
    } else if (verdict.kind === 'release') {
      throw error;
    }
  }

  /** @returns false when the lease was lost, so that nothing was written */
  private async act(
    attempt: ClaimedAttempt,
    access: TokenAccess | null,
    { verdict, error }: { readonly verdict: Verdict; readonly error: unknown },
  ): Promise<boolean> {
    switch (verdict.kind) {
      case 'leave':
        this.#log.fault(attempt.id, error);
        return true;
      case 'release':
        return this.claims.release(attempt);
      case 'postpone':
        return this.postpone(attempt, access, { unsent: verdict.unsent, error });
      case 'end':
        return this.end(attempt, access, { end: verdict.end, error });
    }
  }

  private async postpone(
    attempt: ClaimedAttempt,
    access: TokenAccess | null,
    { unsent, error }: { readonly unsent: boolean; readonly error: unknown },
  ): Promise<boolean> {
    this.#log.postponed(attempt.id, error);
    if (access !== null) {
      // If the database was unavailable when the token was obtained, it may be available again.
      await this.tokenAccess.keep(attempt, access);
    }
    return this.claims.postpone(attempt, unsent);
  }

  private async end(
    attempt: ClaimedAttempt,
    access: TokenAccess | null,
    { end, error }: { readonly end: AttemptEnd; readonly error: unknown },
  ): Promise<boolean> {
    let orphan: string | null = null;
    if (access?.kind === 'exchanged') {
      try {
        await this.tokenAccess.compensate(attempt, access.token);
      } catch (refusal) {
        if (ruleOf(refusal).passes === 'yes' && attempt.claim.ageSeconds < this.recoverySeconds) {
          return this.postpone(attempt, access, { unsent: false, error: refusal });
        }
        orphan = '?';
        this.#log.orphaned(attempt.id, refusal);
      }
    }
    return this.write(attempt, { ...end, orphan }, error);
  }

  private async write(attempt: ClaimedAttempt, end: AttemptEnd, error: unknown): Promise<boolean> {
    if (attempt.claim.error === ABANDONED) {
      await this.claims.remove(attempt);
      return true;
    }
    try {
      await this.commit(attempt, end);
    } catch (refusal) {
      if (refusal instanceof ConnectionsError && refusal.code === 'busy') {
        return false;
      }
      throw refusal;
    }
    recordEnd(attempt, end.status);
    const { owner, flow, connectionId } = attempt;
    this.audit.note(owner, `connection.${flow}`, outcomeOf(error), { connectionId });
    if (error instanceof ConnectionsError) {
      this.#log.ended(attempt.id, end.status, error);
    } else {
      this.#log.fault(attempt.id, error);
    }
    return true;
  }

  private async commit(attempt: ClaimedAttempt, end: AttemptEnd): Promise<void> {
    const { owner, user, id: attemptId, flow } = attempt;
    await this.events.complete(attempt, (tx, emit) => {
      this.claims.end(attempt, end, tx);
      emit({
        ...idsOf({ owner, user, attemptId }),
        type: 'attempt.failed',
        data: { flow, status: end.status, error: end.error },
      });
    });
  }

  private get recoverySeconds(): number {
    return this.options.lifecycle.recoveryHours * 3600;
  }
}

/** Measures an attempt that ended, and sets its outcome on the span of its completion. */
export function recordEnd(
  { flow, claim }: ClaimedAttempt,
  outcome: AttemptEnd['status'] | 'connected',
): void {
  annotate('powens.outcome', outcome);
  attemptDuration.record(claim.ageSeconds, flow, outcome);
}

/** The error for an attempt of an owner who was erased while it was completed. */
export function ownerErased(): ConnectionsError {
  return new ConnectionsError('not_found', 'The owner was erased meanwhile.');
}
