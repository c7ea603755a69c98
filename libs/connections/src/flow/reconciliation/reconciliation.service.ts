import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { ReconciliationSchedule, type RateLimit } from './reconciliation-schedule.repository.js';
import { PowensUserLeaseRepository } from '../../custody/powens-user-lease.repository.js';
import { ConnectionsError } from '../../errors/index.js';
import { requiredOwner } from '../../options/owner-of.js';
import type { OwnerLike } from '../../options/owner-resolver.interface.js';
import { LossPolicy } from '../losses/loss-policy.service.js';
import { OrphanUsers } from './orphan-users.service.js';
import { usableOf } from '../tokens/usable.js';
import { UserReconciliation } from './user-reconciliation.service.js';
import { pause } from '../../background/pause.js';
import { ReconciliationTally } from './reconciliation-tally.js';
import { lossOfRow, type ReconciledLoss } from '../losses/reconciled-loss.js';
import { ReconciliationWork } from './reconciliation-work.service.js';
import type {
  ReconcileAllOptions,
  ReconciliationOutcome,
  ReconciliationReport,
} from './reconciliation.types.js';

/** Between two looks while another process has the turn. */
const LOOK_MS = 250;

/**
 * Compares what is kept here with what Powens says, and makes it the same: webhooks that were missed, connections deleted
 * elsewhere, tokens revoked, users gone. It happens by itself (option `reconciliation`); this is for doing it now, and for
 * seeing what it found.
 *
 * @see TC-26, `docs/operations.md`
 * @public
 */
@Injectable()
export class ReconciliationService implements BeforeApplicationShutdown {
  readonly #logger = new Logger('ConnectionsReconciliation');
  readonly #stop = new AbortController();
  readonly #tally: ReconciliationTally;
  readonly #runs = new Set<Promise<void>>();

  /** @internal */
  constructor(
    private readonly turns: ReconciliationSchedule,
    private readonly work: ReconciliationWork,
    private readonly accounts: PowensUserLeaseRepository,
    private readonly users: UserReconciliation,
    private readonly policy: LossPolicy,
    private readonly orphans: OrphanUsers,
  ) {
    this.#tally = new ReconciliationTally(orphans.unseen);
  }

  /**
   * Compares one owner now, whatever the pace. One whose Powens user or token is lost is looked for.
   *
   * @throws ConnectionsError `not_connected` when there is no usable token, `busy`; PowensApiError; StorageError
   */
  async reconcile(owner: OwnerLike): Promise<ReconciliationOutcome> {
    const named = requiredOwner(owner);
    const state = await this.accounts.find(named);
    const account = state === null ? null : usableOf(state);
    if (state === null || account === null) {
      throw new ConnectionsError(
        'not_connected',
        'This owner has no access token that Powens could be asked with.',
      );
    }
    await this.turns.note(account.userId, this.pace.intervalSeconds);
    const { outcome, again } = await this.users.reconcile(state, account, true);
    if (again === 'loss') {
      await this.turns.reschedule(account.userId, this.policy.confirmAfterSeconds + 1);
    }
    this.#tally.count(outcome);
    return outcome;
  }

  /**
   * Lists what Powens did not find and what is still in use here: it waits for a second look, or, above the limit, for
   * {@link ReconciliationService.approveLosses}. Oldest first, the first 1000.
   *
   * @throws StorageError
   */
  async listLosses(): Promise<readonly ReconciledLoss[]> {
    return (await this.policy.list()).map(lossOfRow);
  }

  /**
   * Takes out of use what was held back above the limit, for a person who looked at it. It is remembered for
   * `losses.rememberDays` all the same, and nothing is deleted at Powens. The limit applies again afterwards.
   *
   * @param ids - ids of {@link ReconciliationService.listLosses}; all that are held back when absent
   * @returns how many were taken out of use
   * @throws StorageError
   */
  async approveLosses(ids?: readonly string[]): Promise<number> {
    const approved = await this.policy.approve(ids?.filter((id) => isUuid(id)) ?? null);
    this.#logger.warn(`${approved} losses were approved: they are out of use here`);
    return approved;
  }

  /**
   * Compares every account once, at the pace of `reconciliation.usersPerMinute`: after a backup was restored, or when
   * webhooks did not arrive for a while. Every account is given its turn in the database, so that other processes help, and
   * go on when this one dies.
   *
   * @returns what this process found; `report()` of the others tells of theirs
   * @throws StorageError when the database is away. What is left keeps its turn
   */
  async reconcileAll(options: ReconcileAllOptions = {}): Promise<ReconciliationReport> {
    const tally = new ReconciliationTally(this.orphans.unseen);
    const run = this.workOff(tally, options);
    this.#runs.add(run);
    try {
      await run;
    } finally {
      this.#runs.delete(run);
    }
    const report = tally.report();
    this.#logger.log(
      `Accounts compared: ${report.accounts}; connections added ${report.added}, changed ${report.changed}, removed ` +
        `${report.removed}, missing ${report.missing}; tokens revoked ${report.tokensRevoked}, users gone ${report.usersGone}, failures ${report.failures}`,
    );
    return report;
  }

  /** What this process found since it started. */
  report(): ReconciliationReport {
    return this.#tally.report();
  }

  /** @internal */
  get pace(): RateLimit {
    return this.work.pace;
  }

  /**
   * The regular comparison's turn: it stands back while all accounts are being compared here, so that their report is whole.
   *
   * @returns whether there was one
   * @internal
   */
  async regularTurn(signal: AbortSignal): Promise<boolean> {
    const turn = this.#runs.size === 0 ? await this.work.next([this.#tally], true) : null;
    if (turn?.oldest === true) {
      // Once per interval, whichever process it is, since the oldest account has its turn once.
      this.#tally.see(await this.orphans.look(signal));
    }
    return turn !== null;
  }

  /** Lets the comparison under way end, and begins no other. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#runs);
  }

  private async workOff(tally: ReconciliationTally, options: ReconcileAllOptions): Promise<void> {
    const stop = AbortSignal.any([
      this.#stop.signal,
      ...(options.signal === undefined ? [] : [options.signal]),
    ]);
    await this.takeAllTurns([this.#tally, tally], options, stop);
    if (!stop.aborted) {
      const orphans = await this.orphans.look(stop);
      tally.see(orphans);
      this.#tally.see(orphans);
    }
  }

  private async takeAllTurns(
    tallies: readonly ReconciliationTally[],
    { onProgress, renewTokens = true }: ReconcileAllOptions,
    stop: AbortSignal,
  ): Promise<void> {
    const total = await this.turns.makeAllDue();
    let left = total;
    onProgress?.({ done: 0, total });
    while (left > 0 && !stop.aborted) {
      const turn = await this.work.next(tallies, renewTokens);
      // Counted only where it decides: there may be a million, and other processes take turns as well.
      const now = turn === null || left === 1 ? await this.turns.countDue() : left - 1;
      if (now < left) {
        left = now;
        onProgress?.({ done: total - left, total });
      }
      await pause(turn === null ? Math.min(LOOK_MS, this.pace.stepMs) : this.pace.stepMs, stop);
    }
  }
}
