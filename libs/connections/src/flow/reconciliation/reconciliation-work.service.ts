import { Inject, Injectable, Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import {
  ReconciliationSchedule,
  type RateLimit,
  type ScheduledComparison,
} from './reconciliation-schedule.repository.js';
import { ConnectionsError, type ConnectionsErrorCode, describeError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { usableOf } from '../tokens/usable.js';
import { UserReconciliation } from './user-reconciliation.service.js';
import { LossPolicy } from '../losses/loss-policy.service.js';
import type { ReconciliationTally } from './reconciliation-tally.js';

/** Delay before the next try after a transient failure. */
const RETRY_SECONDS = 600;

/** Pause of all comparisons after a failure of Powens itself: the next user would most likely fail as well. */
const OUTAGE_SECONDS = 30;

const OF_POWENS: readonly ConnectionsErrorCode[] = ['powens_unreachable', 'powens_timeout', 'powens_failed'];
const TRANSIENT: readonly ConnectionsErrorCode[] = [
  ...OF_POWENS,
  'busy',
  'storage_failed',
  'commit_outcome_unknown',
];

/**
 * Claims scheduled comparisons and runs them.
 *
 * A process that dies after a claim loses this one comparison until the next interval, and nothing else: each Powens user is
 * written in one transaction, and a change started at Powens (a renewal, an erasure) has its own lease that the sweeper checks.
 * A lease of the comparison itself would cost a second write for every user, and one user that crashes its process would be
 * claimed again forever.
 *
 * @internal
 */
@Injectable()
export class ReconciliationWork {
  readonly #logger = new Logger('ConnectionsReconciliation');

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly schedule: ReconciliationSchedule,
    private readonly users: UserReconciliation,
    private readonly policy: LossPolicy,
  ) {}

  /** The interval of each Powens user, and the time between two comparisons of all processes. */
  get rateLimit(): RateLimit {
    const { intervalHours, usersPerMinute } = this.options.reconciliation;
    return { intervalSeconds: intervalHours * 3600, stepMs: Math.ceil(60_000 / usersPerMinute) };
  }

  /**
   * Claims the next comparison, if one is due, and runs it. A Powens user that cannot be compared is not an error of this
   * method; an unavailable database is.
   *
   * @param tallies - count the outcome
   * @param mayRenew - whether a token that Powens no longer accepts is renewed, where the row allows it
   * @reschedule the comparison, or null when none was due
   */
  async next(
    tallies: readonly ReconciliationTally[],
    mayRenew: boolean,
  ): Promise<ScheduledComparison | null> {
    const claimed = await this.schedule.claim(this.rateLimit);
    if (claimed !== null) {
      await this.run(claimed, tallies, mayRenew);
    }
    return claimed;
  }

  private async run(
    claimed: ScheduledComparison,
    tallies: readonly ReconciliationTally[],
    mayRenew: boolean,
  ): Promise<void> {
    const { state } = claimed;
    const user = usableOf(state);
    try {
      if (user === null) {
        await this.users.reconcileWithoutToken(state);
        return;
      }
      const { outcome, again } = await this.users.reconcile(state, user, mayRenew);
      tallies.forEach((tally) => {
        tally.count(outcome);
      });
      if (again !== null) {
        await this.schedule.reschedule(state.userId, this.secondsUntil(again));
      }
    } catch (error) {
      await this.fail(claimed, error, tallies);
    }
  }

  /** A second check of a suspected loss is due as soon as it counts, without waiting for the regular interval. */
  private secondsUntil(again: 'callback' | 'loss'): number {
    return again === 'loss'
      ? this.policy.confirmAfterSeconds + 1
      : Math.max(RETRY_SECONDS, this.options.lifecycle.unconfirmedGraceSeconds);
  }

  private async fail(
    { state: { userId } }: ScheduledComparison,
    error: unknown,
    tallies: readonly ReconciliationTally[],
  ): Promise<void> {
    const { code, message, retryAfterSeconds } = factsOf(error);
    if (code === 'powens_unreachable' && retryAfterSeconds !== undefined) {
      // Powens asks to wait: not a failure. The user stays due, and all comparisons pause until then.
      this.#logger.warn(`Powens asks to wait ${retryAfterSeconds} s: every comparison waits`);
      await this.schedule.reschedule(userId, 0);
      await this.schedule.pauseAll(userId, retryAfterSeconds);
      return;
    }
    tallies.forEach((tally) => {
      tally.fail();
    });
    const isTransient = TRANSIENT.includes(code);
    this.#logger.error(
      `Powens user of row ${userId} could not be compared, next try ${isTransient ? `in ${RETRY_SECONDS} s` : 'at its next interval'}: ${message}`,
    );
    if (isTransient) {
      await this.schedule.reschedule(userId, RETRY_SECONDS);
    }
    if (OF_POWENS.includes(code)) {
      await this.schedule.pauseAll(userId, OUTAGE_SECONDS);
    }
  }
}

function factsOf(error: unknown): Pick<ConnectionsError, 'code' | 'message' | 'retryAfterSeconds'> {
  return error instanceof ConnectionsError
    ? error
    : { code: 'internal_error', message: describeError(error), retryAfterSeconds: undefined };
}
