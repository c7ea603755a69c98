import { Inject, Injectable, Logger } from '@nestjs/common';
import { v4 as uuidv4 } from 'uuid';
import { AttemptClaimRepository } from '../../attempts/attempt-claim.repository.js';
import type { ClaimedAttempt } from '../../attempts/attempt.js';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { Transaction } from '../../database/unit-of-work.js';
import { describeError } from '../../errors/index.js';
import { attemptLeaseSeconds } from '../../options/resolve/call-time.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { Owner } from '../../values/owner.js';
import { AttemptRunner } from './attempt-runner.service.js';

/** Attempts that one process goes on with at the same time, so that a provider that is slow holds up few of them. */
const CONCURRENCY = 4;

/** Attempts of one round: the rest is for the next, or for another replica. */
const MAX_A_ROUND = 200;

/** How long an attempt that ended can be looked at. */
const RETENTION_DAYS = 30;
const BATCH = 1000;

/**
 * Goes on with callbacks whose process disappeared, or whose completion was put off, on any replica (RL-04).
 *
 * @internal
 */
@Injectable()
export class AttemptRecovery {
  readonly #logger = new Logger('ConnectionsSweeper');
  #round: Promise<void> | null = null;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly attempts: AttemptRepository,
    private readonly claims: AttemptClaimRepository,
    private readonly runner: AttemptRunner,
  ) {}

  /** Begins a round, unless one is under way: a slow provider holds up nothing else. */
  begin(isStopped: () => boolean): void {
    this.#round ??= this.round(isStopped)
      .catch((error: unknown) => {
        const text = describeError(error);
        this.#logger.error(`Interrupted callbacks could not be looked for: ${text}`);
      })
      .finally(() => {
        this.#round = null;
      });
  }

  /** Waits for the round under way. */
  async idle(): Promise<void> {
    await this.#round;
  }

  /** Removes attempts that ended long ago, in batches until there are no more (N26). */
  async purge(isStopped: () => boolean): Promise<void> {
    let removed = BATCH;
    while (removed === BATCH && !isStopped()) {
      removed = await this.attempts.purge(RETENTION_DAYS, BATCH);
    }
  }

  /**
   * Removes the attempts of an owner who is erased. What they obtained at Powens is undone; what fails of that is tried
   * again later, and nothing is connected meanwhile.
   */
  async eraseOwner(owner: Owner): Promise<void> {
    await this.attempts.eraseOwner(owner, { abandon: true });
    const claim = async (): Promise<ClaimedAttempt | null> => this.claims.claimAbandoned(owner, this.lease());
    for (let attempt = await claim(); attempt !== null; attempt = await claim()) {
      await this.goOn(attempt);
    }
  }

  /** Removes the attempts of an owner that obtained nothing at Powens; where nothing may be undone there. */
  async eraseIdle(owner: Owner): Promise<void> {
    await this.attempts.eraseOwner(owner, { abandon: false });
  }

  /** As {@link AttemptRecovery.eraseOwner}, in the transaction that ends an erasure: starts may have gone on (N24). */
  eraseOwnerIn(owner: Owner, tx: Transaction, how: { readonly abandon: boolean }): void {
    this.attempts.eraseOwnerIn(owner, { tx, ...how });
  }

  private async round(isStopped: () => boolean): Promise<void> {
    let left = MAX_A_ROUND;
    const worker = async (): Promise<void> => {
      while (!isStopped() && left > 0) {
        left -= 1;
        const attempt = await this.claims.claimDue(this.lease());
        if (attempt === null) {
          return;
        }
        await this.goOn(attempt);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  }

  private async goOn(attempt: ClaimedAttempt): Promise<void> {
    try {
      await this.runner.run(attempt);
    } catch (error) {
      // Given back for the browser, or a database that is away: somebody comes again.
      const text = describeError(error);
      this.#logger.warn(`Attempt ${attempt.id} could not be completed now: ${text}`);
    }
  }

  private lease(): { leaseToken: string; leaseSeconds: number } {
    return { leaseToken: uuidv4(), leaseSeconds: attemptLeaseSeconds(this.options.powens) };
  }
}
