import { Inject, Injectable, type Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { validate as isUuid } from 'uuid';
import { ReconciliationSchedule } from './reconciliation-schedule.repository.js';
import { PowensUserLeaseRepository } from '../../custody/powens-user-lease.repository.js';
import { ConnectionsError } from '../../errors/index.js';
import { requiredOwner } from '../../options/owner-of.js';
import type { OwnerLike } from '../../options/owner-resolver.interface.js';
import { LossPolicy } from '../losses/loss-policy.service.js';
import { usableOf } from '../tokens/usable.js';
import { UserReconciliation } from './user-reconciliation.service.js';
import { pause } from '../../background/pause.js';
import { ReconciliationLoop } from './reconciliation-loop.service.js';
import type { ReconciliationTally } from './reconciliation-tally.js';
import { lossOfRow, type ReconciledLoss } from '../losses/reconciled-loss.js';
import type {
  ReconcileAllOptions,
  ReconciliationOutcome,
  ReconciliationReport,
} from './reconciliation.types.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { loggerOf } from '../../options/registration/logger-of.js';

/** Pause while another process holds the rate limit. */
const POLL_MS = 250;

/**
 * Compares the rows here with the state at Powens, and updates the rows: it repairs missed webhooks, and finds connections deleted
 * elsewhere, revoked tokens and missing users. It runs in the background (option `reconciliation`); this service runs it on demand,
 * and reports its results.
 *
 * @see `docs/operations.md`
 * @public
 */
@Injectable()
export class ReconciliationService implements BeforeApplicationShutdown {
  readonly #logger: Logger;
  readonly #stop = new AbortController();
  readonly #runs = new Set<Promise<void>>();

  /** @internal */
  constructor(
    private readonly schedule: ReconciliationSchedule,
    private readonly loop: ReconciliationLoop,
    private readonly leases: PowensUserLeaseRepository,
    private readonly users: UserReconciliation,
    private readonly policy: LossPolicy,
    @Inject(RESOLVED_OPTIONS) options: Pick<ResolvedOptions, 'instance'>,
  ) {
    this.#logger = loggerOf('ConnectionsReconciliation', options);
  }

  /**
   * Compares one owner now, regardless of the rate limit. A lost Powens user or token is checked, too.
   *
   * @throws ConnectionsError `not_connected` when there is no usable token, `busy`; PowensApiError; StorageError
   */
  async reconcile(owner: OwnerLike): Promise<ReconciliationOutcome> {
    const named = requiredOwner(owner);
    const state = await this.leases.find(named);
    const user = state === null ? null : usableOf(state);
    if (state === null || user === null) {
      throw new ConnectionsError(
        'not_connected',
        'This owner has no access token that Powens could be asked with.',
      );
    }
    await this.schedule.recordRun(user.userId, this.loop.rateLimit.intervalSeconds);
    const { outcome, again } = await this.users.reconcile(state, user, true);
    if (again === 'loss') {
      await this.schedule.reschedule(user.userId, this.policy.confirmAfterSeconds + 1);
    }
    this.loop.tally.count(outcome);
    return outcome;
  }

  /**
   * Lists the losses that are still in use here: each waits for a second check, or, above the limit, for
   * {@link ReconciliationService.approveLosses}. Oldest first, the first 1000.
   *
   * @throws StorageError
   */
  async listLosses(): Promise<readonly ReconciledLoss[]> {
    return (await this.policy.list()).map(lossOfRow);
  }

  /**
   * Applies losses that were held back above the limit, after a person checked them. Each is kept for `losses.rememberDays`,
   * and nothing is deleted at Powens. The limit applies again afterwards.
   *
   * @param ids - ids of {@link ReconciliationService.listLosses}; all held losses when absent
   * @returns how many were taken out of use
   * @throws StorageError
   */
  async approveLosses(ids?: readonly string[]): Promise<number> {
    const approved = await this.policy.approve(ids?.filter((id) => isUuid(id)) ?? null);
    this.#logger.warn(`${approved} losses were approved: they are out of use here`);
    return approved;
  }

  /**
   * Compares every Powens user once, at the rate of `reconciliation.usersPerMinute`: after a backup was restored, or when
   * webhooks did not arrive for a while. All users become due in the database, so that other processes take part, and
   * continue when this one dies.
   *
   * @returns the results of this process; `report()` of the other processes holds theirs
   * @throws StorageError when the database is unavailable. The remaining users stay due
   */
  async reconcileAll(options: ReconcileAllOptions = {}): Promise<ReconciliationReport> {
    const tally = this.loop.newTally();
    const run = this.runAll(tally, options);
    this.#runs.add(run);
    const resume = this.loop.pause();
    try {
      await run;
    } finally {
      this.#runs.delete(run);
      resume();
    }
    const report = tally.report();
    this.#logger.log(
      `Accounts compared: ${report.accounts}; connections added ${report.added}, changed ${report.changed}, removed ` +
        `${report.removed}, missing ${report.missing}; tokens revoked ${report.tokensRevoked}, users gone ${report.usersGone}, failures ${report.failures}`,
    );
    return report;
  }

  /** The results of this process since it started. */
  report(): ReconciliationReport {
    return this.loop.tally.report();
  }

  /** Waits for the running comparison to end, and starts no other. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#runs);
  }

  private async runAll(tally: ReconciliationTally, options: ReconcileAllOptions): Promise<void> {
    const stop = AbortSignal.any([
      this.#stop.signal,
      ...(options.signal === undefined ? [] : [options.signal]),
    ]);
    await this.compareAllDue([this.loop.tally, tally], options, stop);
    if (!stop.aborted) {
      const orphans = await this.loop.searchOrphans(stop);
      tally.setOrphans(orphans);
      this.loop.tally.setOrphans(orphans);
    }
  }

  private async compareAllDue(
    tallies: readonly ReconciliationTally[],
    { onProgress, renewTokens = true }: ReconcileAllOptions,
    stop: AbortSignal,
  ): Promise<void> {
    const total = await this.schedule.makeAllDue();
    let left = total;
    onProgress?.({ done: 0, total });
    while (left > 0 && !stop.aborted) {
      const claimed = await this.loop.next(tallies, renewTokens);
      // Counts only where it matters: there may be a million rows, and other processes run comparisons as well.
      const now = claimed === null || left === 1 ? await this.schedule.countDue() : left - 1;
      if (now < left) {
        left = now;
        onProgress?.({ done: total - left, total });
      }
      await pause(
        claimed === null ? Math.min(POLL_MS, this.loop.rateLimit.stepMs) : this.loop.rateLimit.stepMs,
        stop,
      );
    }
  }
}
