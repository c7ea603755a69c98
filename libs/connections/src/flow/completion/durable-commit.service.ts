import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { ClaimedAttempt } from '../../attempts/attempt.js';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import { jitteredPauseMs } from '../../database/retry.js';
import { UnitOfWork, type Transaction } from '../../database/unit-of-work.js';
import { ConnectionsError, StorageError } from '../../errors/index.js';
import { OutboxRelayService } from '../../outbox/outbox-relay.service.js';

/**
 * Milliseconds within which the last try begins: a database that restarts or fails over is back by then, and the token to
 * keep is in memory meanwhile. Shorter than what is left of the attempt's lease after the calls to Powens.
 */
const COMMIT_WITHIN_MS = 30_000;

/** What a look at the attempt told. */
type Seen = 'completed' | 'open' | 'unknown';

/**
 * Runs the transaction that completes an attempt until its outcome is certain, as far as that can be.
 *
 * @see RL-07, RL-08
 * @internal
 */
@Injectable()
export class DurableCommit {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly attempts: AttemptRepository,
    private readonly relay: OutboxRelayService,
  ) {}

  /**
   * Commits, and wakes the relay.
   *
   * @throws whatever the database refused for good; ConnectionsError `commit_outcome_unknown` when nobody can tell
   */
  async run(attempt: ClaimedAttempt, collect: (tx: Transaction) => void): Promise<void> {
    const deadline = performance.now() + COMMIT_WITHIN_MS;
    let doubt = false;
    for (let tries = 0; ; tries += 1) {
      try {
        await this.unitOfWork.run(collect, { withinMs: deadline - performance.now() });
        break;
      } catch (error) {
        // Once in doubt, always: the first statement may still be running at the server while a look reads nothing.
        doubt ||= isOutcomeUnknown(error);
        const seen = doubt ? await this.look(attempt) : 'open';
        if (seen === 'completed') {
          break;
        }
        if (performance.now() >= deadline || !mayGoOn(seen, error)) {
          throw verdict(seen, error);
        }
        await sleep(jitteredPauseMs(tries));
      }
    }
    this.relay.wake();
  }

  /**
   * Looks by attempt id on a fresh session before anything is written again (W4). A second try of what was committed
   * would be refused by its own guards, and look like a conflict.
   */
  private async look(attempt: ClaimedAttempt): Promise<Seen> {
    try {
      const found = await this.attempts.findOne(attempt.owner, attempt.id);
      return found !== null && found.completedAt !== null ? 'completed' : 'open';
    } catch {
      // The database is still away: nobody can tell yet.
      return 'unknown';
    }
  }
}

function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof ConnectionsError && error.code === 'commit_outcome_unknown';
}

function mayGoOn(seen: Seen, error: unknown): boolean {
  return seen === 'unknown' || isOutcomeUnknown(error) || (error instanceof StorageError && error.linkLost);
}

/** Nobody may act on an outcome that could not be read (RL-08). */
function verdict(seen: Seen, error: unknown): unknown {
  return seen === 'unknown'
    ? new ConnectionsError(
        'commit_outcome_unknown',
        'The link to the database broke during the transaction, and whether it is durable cannot be read.',
      )
    : error;
}
