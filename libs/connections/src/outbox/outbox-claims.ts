import { v4 as uuidv4 } from 'uuid';
import { WALK_STEP } from '../database/queues/queue-claim.js';
import type { ClaimedMessage, OutboxRepository } from './outbox.repository.js';
import type { ClaimRequest } from './outbox.rows.js';

/** Maximum number of consecutive steps of a walk without a result; the next claim continues the walk. */
const MAX_EMPTY_STEPS = 5;

/** Result of one claim. */
export interface Batch {
  readonly leaseToken: string;
  readonly messages: readonly ClaimedMessage[];
  /** Whether another claim right now may return more. */
  readonly more: boolean;
  /** Whether messages of other connections are probably due: the next claim need not wait for the delivery of these. */
  readonly backlog: boolean;
}

/**
 * Claims batches of messages at a cost that does not grow with the number of waiting messages: by due time and, where more
 * is due than one claim reads, in turn with a walk from connection to connection. New messages and retries do not starve
 * messages that have waited for long, nor these the new ones.
 *
 * @internal
 */
export class OutboxClaims {
  #isWalkNext = false;
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
    const claim = { leaseToken: uuidv4(), leaseSeconds: this.leaseSeconds, limit };
    return this.#isWalkNext ? this.walk(claim) : this.claimDue(claim);
  }

  private async claimDue(claim: ClaimRequest): Promise<Batch> {
    const { messages, complete } = await this.repository.claim(claim);
    this.#isWalkNext = !complete;
    if (complete) {
      this.#finished.clear();
    }
    if (complete || messages.length > 0) {
      this.#emptySteps = 0;
    }
    const isFull = messages.length >= claim.limit;
    return {
      leaseToken: claim.leaseToken,
      messages,
      more: !complete || messages.length > 0,
      backlog: !complete || isFull,
    };
  }

  private async walk(claim: ClaimRequest): Promise<Batch> {
    const keys = [...this.#finished];
    this.#finished.clear();
    const { messages, after } = await this.repository.claimByWalk(claim, { keys, after: this.#after });
    this.#isWalkNext = false;
    this.#after = after;
    const backlog = messages.length >= claim.limit || after !== null;
    return { leaseToken: claim.leaseToken, messages, more: this.goesOn(messages.length), backlog };
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
