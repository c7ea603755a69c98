import {
  Inject,
  Injectable,
  type Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Poller } from '../../background/poller.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { PowensUserRepository } from '../../custody/powens-user.repository.js';
import { ConnectionsError, type ConnectionsErrorCode, describeError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { PowensClient } from '../../powens/powens.client.js';
import { LossPolicy } from '../losses/loss-policy.service.js';
import { usableOf } from '../tokens/usable.js';
import { noSearchYet, searchOrphans } from './orphan-users.js';
import {
  ReconciliationSchedule,
  type RateLimit,
  type ScheduledComparison,
} from './reconciliation-schedule.repository.js';
import { ReconciliationTally } from './reconciliation-tally.js';
import type { OrphanReport } from './reconciliation.types.js';
import { UserReconciliation } from './user-reconciliation.service.js';
import { loggerOf } from '../../options/registration/logger-of.js';

/** Bounds of the pause when nothing was due: at most a minute of a day is lost. */
const MIN_IDLE_MS = 1000;
const MAX_IDLE_MS = 60_000;

/** Delay before the next try after a transient failure. */
const RETRY_SECONDS = 600;

/** Pause of all comparisons after a failure of Powens itself: the next user would most likely fail as well. */
const OUTAGE_SECONDS = 30;

const OF_POWENS: readonly ConnectionsErrorCode[] = ['powens_unreachable', 'powens_timeout', 'powens_failed'];
const TRANSIENT: readonly ConnectionsErrorCode[] = [
  ...OF_POWENS,
  'busy',
  'tenant_unavailable',
  'storage_failed',
  'commit_outcome_unknown',
];

/**
 * Claims scheduled comparisons and runs them, one Powens user after the other, in a poller of its own, since a comparison takes as
 * long as Powens takes to answer. Any number of processes may run one; the database holds the schedule.
 *
 * A process that dies after a claim loses this one comparison until the next interval, and nothing else: each Powens user is
 * written in one transaction, and a change started at Powens (a renewal, an erasure) has its own lease that the sweeper checks.
 * A lease of the comparison itself would cost a second write for every user, and one user that crashes its process would be
 * claimed again forever.
 *
 * @internal
 */
@Injectable()
export class ReconciliationLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** The results of this process since it started. */
  readonly tally: ReconciliationTally;
  readonly #logger: Logger;
  #pauses = 0;
  readonly #poller = new Poller({
    logger: () => this.#logger,
    failure: 'No Powens user can be compared',
    intervalMs: () => this.idleMs,
    run: async (signal) => this.compareNext(signal),
  });

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly schedule: ReconciliationSchedule,
    private readonly users: UserReconciliation,
    private readonly policy: LossPolicy,
    private readonly powensUsers: PowensUserRepository,
    private readonly powens: PowensClient,
  ) {
    this.#logger = loggerOf('ConnectionsReconciliation', options);
    this.tally = this.newTally();
  }

  /** Starts after the bootstrap, with a delay: the start of an application is busy enough. */
  onApplicationBootstrap(): void {
    if (this.options.reconciliation.enabled) {
      this.#poller.start(this.idleMs);
    }
  }

  /** Waits for the running comparison to end. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#poller.stop();
  }

  /** The interval of each Powens user, and the time between two comparisons of all processes. */
  get rateLimit(): RateLimit {
    const { intervalHours, usersPerMinute } = this.options.reconciliation;
    return { intervalSeconds: intervalHours * 3600, stepMs: Math.ceil(60_000 / usersPerMinute) };
  }

  /**
   * Runs no comparison of its own from now on: the report of a caller that runs them must be complete.
   *
   * @returns a function that ends the pause of this caller
   */
  pause(): () => void {
    this.#pauses += 1;
    return () => {
      this.#pauses -= 1;
    };
  }

  /** Figures without any comparison. */
  newTally(): ReconciliationTally {
    return new ReconciliationTally(noSearchYet(this.options));
  }

  /** Searches for Powens users without a row here. Never fails. */
  async searchOrphans(signal: AbortSignal): Promise<OrphanReport> {
    const { options, powensUsers: users, powens } = this;
    return searchOrphans({ options, users, powens, logger: this.#logger }, signal);
  }

  /**
   * Claims the next comparison, if one is due, and runs it. A Powens user that cannot be compared is not an error of this
   * method; an unavailable database is.
   *
   * @param tallies - count the outcome
   * @param mayRenew - whether a token that Powens no longer accepts is renewed, where the row allows it
   * @returns the comparison, or null when none was due
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

  /** @returns milliseconds until the next comparison */
  private async compareNext(signal: AbortSignal): Promise<number> {
    const { intervalSeconds, stepMs } = this.rateLimit;
    const claimed = this.#pauses > 0 ? null : await this.next([this.tally], true);
    if (claimed?.oldest === true) {
      // Once per interval over all processes, since the oldest user is compared once per interval.
      this.tally.setOrphans(await this.searchOrphans(signal));
    }
    if (claimed !== null) {
      return stepMs;
    }
    await this.schedule.scheduleMissing(intervalSeconds);
    return this.idleMs;
  }

  private get idleMs(): number {
    return Math.min(Math.max(this.rateLimit.stepMs, MIN_IDLE_MS), MAX_IDLE_MS);
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
      // Powens asks to wait, or a circuit breaker is open: not a failure. The user stays due, and all comparisons pause until then.
      this.#logger.warn(`Powens is not called for ${retryAfterSeconds} s: every comparison waits`);
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
