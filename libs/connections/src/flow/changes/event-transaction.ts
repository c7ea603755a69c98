import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { ClaimedAttempt } from '../../attempts/attempt.js';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import { ConnectionsDatabase } from '../../database/connections-database.js';
import { jitteredPauseMs } from '../../database/retry.js';
import type { Transaction } from '../../database/unit-of-work.js';
import { ConnectionsError, StorageError } from '../../errors/index.js';
import { OutboxRelayService } from '../../outbox/outbox-relay.service.js';
import { OutboxRepository } from '../../outbox/outbox.repository.js';
import type { AppendedEvents, AppendLease, EventToAppend } from '../../outbox/outbox.rows.js';
import { inSpan } from '../../telemetry/spans.js';
import type { Owner } from '../../values/owner.js';

/**
 * Milliseconds within which the last try begins: a database that restarts or fails over is available again by then, and the
 * token to store stays in memory until then. Shorter than the rest of the attempt's lease after the calls to Powens.
 */
const COMMIT_WITHIN_MS = 30_000;

/** Adds writes to a transaction, and events that are committed with them. */
export type Collect = (tx: Transaction, emit: (...events: EventToAppend[]) => void) => void;

type Committed = AppendedEvents & { readonly lease: AppendLease | null };

/** The state of the attempt, read after a failed commit. */
type AttemptOutcome = 'completed' | 'open' | 'unknown';

/**
 * Runs transactions that write events: each event is committed with the change that it reports, and delivered immediately.
 *
 * @internal
 */
@Injectable()
export class EventTransaction {
  constructor(
    private readonly database: ConnectionsDatabase,
    private readonly outbox: OutboxRepository,
    private readonly relay: OutboxRelayService,
    private readonly attempts: AttemptRepository,
  ) {}

  /**
   * Runs the writes that `collect` adds, and passes their events on: the first ones of new connections at once, others to the relay.
   *
   * @throws as {@link ConnectionsDatabase.transaction}
   */
  async run(collect: Collect): Promise<void> {
    this.passOn(await this.commit(collect));
  }

  /**
   * As {@link EventTransaction.run}, for the transaction that completes or ends an attempt: it is retried until its outcome is
   * certain, or the time is over.
   *
   * @throws the final refusal of the database; ConnectionsError `commit_outcome_unknown` when the outcome cannot be read
   * @see RL-07, RL-08
   */
  async complete(attempt: ClaimedAttempt, collect: Collect): Promise<void> {
    const deadline = performance.now() + COMMIT_WITHIN_MS;
    let doubt = false;
    let committed: Committed | undefined;
    for (let tries = 0; ; tries += 1) {
      try {
        committed = await this.commit(collect, deadline - performance.now());
        break;
      } catch (error) {
        // Once in doubt, always: the first transaction may still be running at the server when the read finds nothing.
        doubt ||= isOutcomeUnknown(error);
        const outcome = doubt ? await this.readOutcome(attempt) : 'open';
        if (outcome === 'completed') {
          break;
        }
        if (performance.now() >= deadline || !mayRetry(outcome, error)) {
          throw verdict(outcome, error);
        }
        await sleep(jitteredPauseMs(tries));
      }
    }
    if (committed === undefined) {
      // Completed, but by which try is not known: a relay finds the events, those that were held once their lease ended.
      this.relay.wake();
    } else {
      this.passOn(committed);
    }
  }

  /** Removes all events of an owner, delivered or not. */
  eraseOwner(owner: Owner, tx: Transaction): void {
    this.outbox.eraseOwner(owner, tx);
  }

  private async commit(collect: Collect, withinMs = Infinity): Promise<Committed> {
    const lease = this.relay.leaseForAppend();
    let appended: AppendedEvents = { areWaiting: false, held: [] };
    const write = (tx: Transaction): void => {
      const emitted: EventToAppend[] = [];
      collect(tx, (...events) => emitted.push(...events));
      appended = this.outbox.append(emitted, tx, lease);
    };
    await inSpan('powens.commit', async () => this.database.transaction(write, { withinMs }));
    return { ...appended, lease };
  }

  private passOn({ areWaiting, held, lease }: Committed): void {
    if (lease !== null) {
      this.relay.deliver({ leaseToken: lease.leaseToken, messages: held });
    }
    if (areWaiting) {
      this.relay.wake();
    }
  }

  /**
   * Reads the attempt by its id in a new session before the next write (W4). Repeating a transaction that was committed
   * would violate its own guards, and appear as a conflict.
   */
  private async readOutcome(attempt: ClaimedAttempt): Promise<AttemptOutcome> {
    try {
      const found = await this.attempts.findOne(attempt.owner, attempt.id);
      return found !== null && found.completedAt !== null ? 'completed' : 'open';
    } catch {
      // The database is still unavailable: the outcome cannot be read yet.
      return 'unknown';
    }
  }
}

function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof ConnectionsError && error.code === 'commit_outcome_unknown';
}

function mayRetry(outcome: AttemptOutcome, error: unknown): boolean {
  return (
    outcome === 'unknown' || isOutcomeUnknown(error) || (error instanceof StorageError && error.linkLost)
  );
}

/** No caller may act on an outcome that could not be read (RL-08). */
function verdict(outcome: AttemptOutcome, error: unknown): unknown {
  return outcome === 'unknown'
    ? new ConnectionsError(
        'commit_outcome_unknown',
        'The link to the database broke during the transaction, and whether it is durable cannot be read.',
      )
    : error;
}
