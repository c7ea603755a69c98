import { v4 as uuidv4 } from 'uuid';
import { WALK_STEP } from '../database/queue-claim.js';
import type { ClaimedMessage, OutboxRepository } from './outbox.repository.js';

/** Maximum number of consecutive steps of a walk without a result; the next claim continues the walk. */
const MAX_EMPTY_STEPS = 5;

/** Result of one claim. */
export interface Batch {
  readonly leaseToken: string;
  readonly messages: readonly ClaimedMessage[];
  /** Whether another claim right now may return more. */
  readonly more: boolean;
}

/**
 * Claims batches of messages at a cost that does not grow with the number of waiting messages: by due time and, where more
 * is due than one claim reads, by a walk from connection to connection.
 *
 * @internal
 */
export class OutboxClaims {
  #after: string | null = null;
  #emptySteps = 0;
  #finished = new Set<string>();

  constructor(
    private readonly repository: OutboxRepository,
    private readonly leaseSeconds: number,
  ) {}

  /** Records that the next message of a connection may be claimed. */
  finished(orderKey: string): void {
    if (this.#finished.size < WALK_STEP) {
      this.#finished.add(orderKey);
    }
  }

  /** Claims up to `limit` messages. */
  async next(limit: number): Promise<Batch> {
    const { leaseSeconds } = this;
    const leaseToken = uuidv4();
    // Half of the limit: new messages and retries must not starve messages that have waited for long.
    const half = Math.ceil(limit / 2);
    const due = await this.repository.claim({ leaseToken, leaseSeconds, limit: half });
    const keys = [...this.#finished];
    this.#finished.clear();
    if (due.complete) {
      this.#emptySteps = 0;
      return { leaseToken, messages: due.messages, more: due.messages.length > 0 };
    }
    const rest = { leaseToken, leaseSeconds, limit: Math.max(1, limit - due.messages.length) };
    const walked = await this.repository.claimByWalk(rest, { keys, after: this.#after });
    this.#after = walked.after;
    const messages = [...due.messages, ...walked.messages];
    return { leaseToken, messages, more: this.goesOn(messages.length) };
  }

  private goesOn(claimed: number): boolean {
    this.#emptySteps = claimed > 0 ? 0 : this.#emptySteps + 1;
    if (claimed > 0 || (this.#after !== null && this.#emptySteps < MAX_EMPTY_STEPS)) {
      return true;
    }
    this.#emptySteps = 0;
    return false;
  }
}
