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

/** After a failure that passes: the account is compared again. */
const RETRY_SECONDS = 600;

/** After a failure of Powens itself: the next account would most likely fail as well. */
const OUTAGE_SECONDS = 30;

const OF_POWENS: readonly ConnectionsErrorCode[] = ['powens_unreachable', 'powens_timeout', 'powens_failed'];
const PASSING: readonly ConnectionsErrorCode[] = [
  ...OF_POWENS,
  'busy',
  'storage_failed',
  'commit_outcome_unknown',
];

/**
 * Takes turns and works them off.
 *
 * A process that dies with a turn loses that one comparison until its next turn, and nothing else: each account is
 * written in one transaction, and what was begun at Powens (a renewal, an erasure) has its own lease that the sweeper sees.
 * A lease of the turn itself would cost a second write for every account, and would let one account that kills its process
 * come back for ever.
 *
 * @internal
 */
@Injectable()
export class ReconciliationWork {
  readonly #logger = new Logger('ConnectionsReconciliation');

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly turns: ReconciliationSchedule,
    private readonly users: UserReconciliation,
    private readonly policy: LossPolicy,
  ) {}

  /** How often an account has its turn, and the time between two turns of anybody. */
  get pace(): RateLimit {
    const { intervalHours, usersPerMinute } = this.options.reconciliation;
    return { intervalSeconds: intervalHours * 3600, stepMs: Math.ceil(60_000 / usersPerMinute) };
  }

  /**
   * Takes the next turn, if there is one, and works it off. An account that cannot be compared is no failure of this
   * method; a database that is away is.
   *
   * @param tallies - count what was found
   * @param mayRenew - whether a token that Powens no longer takes is renewed, where the account allows it
   * @returns the turn, or null when there was none
   */
  async next(
    tallies: readonly ReconciliationTally[],
    mayRenew: boolean,
  ): Promise<ScheduledComparison | null> {
    const turn = await this.turns.claim(this.pace);
    if (turn !== null) {
      await this.work(turn, tallies, mayRenew);
    }
    return turn;
  }

  private async work(
    turn: ScheduledComparison,
    tallies: readonly ReconciliationTally[],
    mayRenew: boolean,
  ): Promise<void> {
    const { state } = turn;
    const account = usableOf(state);
    try {
      if (account === null) {
        await this.users.reconcileWithoutToken(state);
        return;
      }
      const { outcome, again } = await this.users.reconcile(state, account, mayRenew);
      tallies.forEach((tally) => {
        tally.count(outcome);
      });
      if (again !== null) {
        await this.turns.reschedule(state.userId, this.secondsUntil(again));
      }
    } catch (error) {
      await this.fail(turn, error, tallies);
    }
  }

  /** A second look is due right after it counts: with a loss in doubt, nobody waits for the next regular turn. */
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
      // Powens asks to wait: no failure. The account keeps its place, and nobody asks anything before.
      this.#logger.warn(`Powens asks to wait ${retryAfterSeconds} s: every comparison waits`);
      await this.turns.reschedule(userId, 0);
      await this.turns.pauseAll(userId, retryAfterSeconds);
      return;
    }
    tallies.forEach((tally) => {
      tally.fail();
    });
    const isPassing = PASSING.includes(code);
    this.#logger.error(
      `Account ${userId} could not be compared, next try ${isPassing ? `in ${RETRY_SECONDS} s` : 'at its next turn'}: ${message}`,
    );
    if (isPassing) {
      await this.turns.reschedule(userId, RETRY_SECONDS);
    }
    if (OF_POWENS.includes(code)) {
      await this.turns.pauseAll(userId, OUTAGE_SECONDS);
    }
  }
}

function factsOf(error: unknown): Pick<ConnectionsError, 'code' | 'message' | 'retryAfterSeconds'> {
  return error instanceof ConnectionsError
    ? error
    : { code: 'internal_error', message: describeError(error), retryAfterSeconds: undefined };
}
