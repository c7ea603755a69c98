import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import { jitterOf, retryDelayMs } from '../background/retry-delay.js';
import { Tally } from '../background/tally.js';
import type { TimeLimit } from '../background/time-limit.js';
import { EventPublisherError } from '../errors/index.js';
import { textOf } from '../events/text-of.js';
import { deliveryDuration, type DeliveryOutcome } from '../telemetry/metrics.js';
import { inSpan } from '../telemetry/spans.js';
import { annotateMessage } from '../telemetry/span-attributes.js';
import { Acknowledgements } from './acknowledgements.js';
import type { EventDelivery } from './delivery/event-delivery.js';
import { HeldLeases } from './held-leases.js';
import type { Batch } from './outbox-claims.js';
import type { OutboxRepository } from './outbox.repository.js';
import type { ClaimedMessage, Lease } from './outbox.rows.js';

/** How messages are delivered. */
export interface DeliverySettings {
  readonly logger: Logger;
  readonly leaseSeconds: number;
  /** Deliveries after which a message becomes a dead letter. */
  readonly maxTries: number;
  /** Called when the outcome of a message is stored: the next message with its key may be claimed. */
  readonly onStored: (orderKey: string) => void;
}

/** Messages that this process holds under one lease token. */
export type HeldMessages = Pick<Batch, 'leaseToken' | 'messages'>;

/** Whether a claim found the message, or the transaction that appended it held it from the beginning. */
type Origin = 'claimed' | 'appended';

interface Held {
  readonly message: ClaimedMessage;
  readonly lease: Lease;
  readonly origin: Origin;
}

/** Why a message was not delivered, and what becomes of it. */
interface Failure {
  readonly error: unknown;
  readonly outcome: DeliveryOutcome;
}

/**
 * The messages that this process holds: delivers them, extends their leases meanwhile, and stores the outcome of each.
 *
 * @internal
 */
export class OutboxDeliveries {
  /** Ends of deliveries, whether they failed or not. */
  readonly ended = new Tally();
  /** Messages whose outcome was stored, so that the next one with their key may be claimed. */
  readonly stored = new Tally();
  readonly #messages = new Set<Promise<boolean>>();
  #delivering = 0;
  #claimed = 0;
  readonly #held: HeldLeases;
  readonly #acknowledgements: Acknowledgements;

  constructor(
    private readonly repository: OutboxRepository,
    private readonly delivery: EventDelivery,
    private readonly settings: DeliverySettings,
  ) {
    this.#held = new HeldLeases(repository, settings.leaseSeconds);
    this.#acknowledgements = new Acknowledgements(repository);
  }

  /** Number of messages whose delivery has not ended. */
  get delivering(): number {
    return this.#delivering;
  }

  /** Number of messages whose outcome is not stored. */
  get held(): number {
    return this.#messages.size;
  }

  /** Number of those that a claim found. */
  get claimed(): number {
    return this.#claimed;
  }

  /**
   * Begins to deliver messages.
   *
   * @param origin - `claimed`, or `appended` by a transaction of this process a moment ago: those are delivered in a later turn,
   *   after the answer to the request that caused them, and nothing is claimed after them unless something waits
   */
  start({ leaseToken, messages }: HeldMessages, origin: Origin): void {
    const limit = this.delivery.publishLimit();
    const works = messages.map(async (message) => {
      const held = { message, lease: { position: message.position, leaseToken }, origin };
      const work = this.process(held, limit);
      const claimed = origin === 'claimed' ? 1 : 0;
      this.#messages.add(work);
      this.#claimed += claimed;
      const mayHaveNext = await work;
      this.#messages.delete(work);
      this.#claimed -= claimed;
      if (mayHaveNext) {
        this.settings.onStored(message.orderKey);
        this.stored.count();
      }
    });
    const end = (): void => {
      limit.end();
    };
    Promise.all(works).then(end, end);
  }

  /** Resolves when the outcome of one more message is stored. */
  async oneStored(): Promise<void> {
    await Promise.race(this.#messages);
  }

  /** Resolves when the outcome of every message is stored. */
  async allStored(): Promise<void> {
    await Promise.all(this.#messages);
  }

  /** Releases messages that this process holds and cannot deliver, as if they had not been held. Never fails. */
  async release({ leaseToken, messages }: HeldMessages): Promise<void> {
    for (const { position, deliveredTo } of messages) {
      const lease = { position, leaseToken };
      await this.storing(async () => this.repository.postpone(lease, 0, deliveredTo, 'uncounted'));
    }
  }

  /**
   * Delivers a message and stores the outcome. What cannot be stored is delivered again, when the lease ends.
   *
   * @returns whether another message with its key may wait
   */
  private async process({ message, lease, origin }: Held, limit: TimeLimit): Promise<boolean> {
    this.#held.add(lease);
    this.#delivering += 1;
    if (origin === 'appended') {
      await nextTurn();
    }
    const failure = await this.deliver(message, limit);
    this.#delivering -= 1;
    this.ended.count();
    const mayHaveNext = await this.storing(async () =>
      failure === null
        ? this.acknowledge(message, lease, origin)
        : this.returnToOutbox(lease, message, failure),
    );
    this.#held.remove(lease);
    return mayHaveNext ?? true;
  }

  private async storing<T>(store: () => Promise<T>): Promise<T | undefined> {
    try {
      return await store();
    } catch (error) {
      this.settings.logger.error(`The outbox cannot be written: ${textOf(error)}`);
      return undefined;
    }
  }

  /** @returns null when it was delivered */
  private async deliver(message: ClaimedMessage, limit: TimeLimit): Promise<Failure | null> {
    const { event, deliveries, traceParent } = message;
    const startMs = performance.now();
    const deliver = async (): Promise<void> => {
      annotateMessage(event.instance, { id: event.id, type: event.type, tries: deliveries });
      await this.delivery.deliver(message, limit);
    };
    try {
      await inSpan('powens.event.deliver', deliver, traceParent);
      deliveryDuration.recordSince(startMs, event.type, 'delivered');
      return null;
    } catch (error) {
      const outcome = this.outcomeOf(error, deliveries);
      deliveryDuration.recordSince(startMs, event.type, outcome);
      return { error, outcome };
    }
  }

  private outcomeOf(error: unknown, deliveries: number): DeliveryOutcome {
    if (EventPublisherError.isUnavailable(error)) {
      return 'unavailable';
    }
    return deliveries >= this.settings.maxTries ? 'dead' : 'retried';
  }

  private async acknowledge({ orderKey }: ClaimedMessage, lease: Lease, origin: Origin): Promise<boolean> {
    if (origin === 'appended') {
      // Not hurried: messages of other transactions join.
      return this.#acknowledgements.add({ ...lease, orderKey });
    }
    const stored = this.#acknowledgements.add(lease);
    if (this.#delivering === 0) {
      // No other message will join.
      this.#acknowledgements.hurry();
    }
    await stored;
    return true;
  }

  private async returnToOutbox(
    lease: Lease,
    { event: { id, type }, deliveries, deliveredTo }: ClaimedMessage,
    { error, outcome }: Failure,
  ): Promise<true> {
    const { logger } = this.settings;
    if (outcome === 'unavailable') {
      // Due at once: the pause of all deliveries decides when it is tried again.
      await this.repository.postpone(lease, 0, deliveredTo, 'uncounted');
    } else if (outcome === 'dead') {
      logger.error(`Event ${id} (${type}) is a dead letter after ${deliveries} deliveries: ${textOf(error)}`);
      await this.repository.deadLetter(lease, deliveredTo);
    } else {
      const delayMs = retryDelayMs(deliveries, jitterOf(id));
      logger.warn(
        `Event ${id} (${type}), delivery ${deliveries} failed, next in ${delayMs} ms: ${textOf(error)}`,
      );
      await this.repository.postpone(lease, delayMs, deliveredTo);
    }
    return true;
  }
}
