import {
  Inject,
  Injectable,
  type Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import { EventPublisherError } from '../errors/index.js';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import { EventDelivery } from './delivery/event-delivery.js';
import { textOf } from '../events/text-of.js';
import { HeldLeases } from './held-leases.js';
import { OutboxClaims } from './outbox-claims.js';
import { OutboxRepository, type ClaimedMessage } from './outbox.repository.js';
import { Poller } from '../background/poller.js';
import { deliveryDuration, type DeliveryOutcome } from '../telemetry/metrics.js';
import { annotateMessage, inSpan } from '../telemetry/spans.js';
import { jitterOf, retryDelayMs } from '../background/retry-delay.js';
import { loggerOf } from '../options/registration/logger-of.js';

/** Milliseconds that a batch waits for a slow handler, before the next batch is claimed in parallel. */
const BATCH_WAIT_MS = 100;

/**
 * Delivers the messages of the outbox: claims with a lease, publishes, acknowledges; retries failed deliveries later, and makes
 * a dead letter of a message that keeps failing. Any number of processes may run a relay.
 *
 * @see RL-21 to RL-28
 * @internal
 */
@Injectable()
export class OutboxRelayService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger: Logger;
  readonly #poller = new Poller({
    logger: () => this.#logger,
    failure: 'The outbox cannot be read',
    intervalMs: () => this.options.outbox.pollIntervalMs,
    run: async (signal) => this.drain(signal),
  });
  readonly #inFlight = new Set<Promise<void>>();
  readonly #held: HeldLeases;
  readonly #claims: OutboxClaims;
  #warned = false;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly repository: OutboxRepository,
    private readonly delivery: EventDelivery,
  ) {
    this.#logger = loggerOf('ConnectionsOutbox', options);
    const { outbox } = options;
    this.#held = new HeldLeases(repository, outbox.leaseSeconds);
    this.#claims = new OutboxClaims(repository, outbox.leaseSeconds);
  }

  /**
   * Starts after every handler is registered: other modules' bootstrap hooks run in the same turn as this one. What
   * happened before boot was never lost, only waiting.
   */
  onApplicationBootstrap(): void {
    if (this.options.outbox.relay) {
      this.#poller.start();
    }
  }

  /** Stops claiming, then waits for deliveries in progress. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#poller.stop();
    await Promise.all(this.#inFlight);
  }

  /** Looks at the outbox now. Called right after a commit; polling remains the guarantee (RL-28). */
  wake(): void {
    this.#poller.wake();
  }

  /** @returns milliseconds until the next run */
  private async drain(signal: AbortSignal): Promise<number> {
    while ((await this.deliverBatch()) && !signal.aborted) {
      // One batch after the other, until nothing is due.
    }
    return this.delivery.restMs || this.options.outbox.pollIntervalMs;
  }

  /** @returns whether more messages may be due right now */
  private async deliverBatch(): Promise<boolean> {
    if (!this.delivery.hasReceivers()) {
      this.warnOnce();
      return false;
    }
    if (this.delivery.restMs > 0) {
      return false;
    }
    const limit = this.delivery.maxConcurrent - this.#inFlight.size;
    if (limit <= 0) {
      await Promise.race(this.#inFlight);
      return true;
    }
    const { leaseToken, messages, more } = await this.#claims.next(limit);
    await this.handOver(leaseToken, messages);
    return more;
  }

  /** Acknowledges quick deliveries in one statement; a slow handler does not delay the others (RL-23). */
  private async handOver(leaseToken: string, messages: readonly ClaimedMessage[]): Promise<void> {
    const soon: string[] = [];
    let isSoon = true;
    const deliveries = messages.map(async (message) => {
      const isDone = await this.deliver(leaseToken, message);
      this.#claims.finished(message.orderKey);
      if (isSoon) {
        soon.push(...(isDone ? [message.position] : []));
        return;
      }
      if (isDone) {
        await this.repository.acknowledge(leaseToken, [message.position]);
      }
      // The next event of the same connection may be claimed now.
      this.wake();
    });
    deliveries.forEach((delivery) => {
      this.track(delivery);
    });
    await settledWithin(deliveries, BATCH_WAIT_MS);
    isSoon = false;
    if (soon.length > 0) {
      await this.repository.acknowledge(leaseToken, soon);
    }
  }

  /** What cannot be written down is delivered again, when the lease ends. */
  private track(delivery: Promise<void>): void {
    const tracked = delivery
      .catch((error: unknown) => {
        this.#logger.error(`The outbox cannot be written: ${textOf(error)}`);
      })
      .finally(() => {
        this.#inFlight.delete(tracked);
      });
    this.#inFlight.add(tracked);
  }

  private async deliver(leaseToken: string, message: ClaimedMessage): Promise<boolean> {
    const { position, event } = message;
    const startMs = performance.now();
    this.#held.add({ position, leaseToken });
    try {
      await this.deliverTraced(message);
      deliveryDuration.recordSince(startMs, event.type, 'delivered');
      return true;
    } catch (error) {
      const outcome = await this.returnToOutbox(leaseToken, message, error);
      deliveryDuration.recordSince(startMs, event.type, outcome);
      return false;
    } finally {
      this.#held.remove({ position, leaseToken });
    }
  }

  private async deliverTraced({ event, traceParent, deliveries }: ClaimedMessage): Promise<void> {
    const deliver = async (): Promise<void> => {
      annotateMessage(event.instance, { id: event.id, type: event.type, tries: deliveries });
      await this.delivery.deliver(event);
    };
    await inSpan('powens.event.deliver', deliver, traceParent);
  }

  private async returnToOutbox(
    leaseToken: string,
    message: ClaimedMessage,
    error: unknown,
  ): Promise<DeliveryOutcome> {
    const { event, deliveries, position } = message;
    if (EventPublisherError.isUnavailable(error)) {
      // Due at once: the pause of all deliveries decides when it is tried again.
      await this.repository.postpone(leaseToken, position, 0, 'uncounted');
      return 'unavailable';
    }
    if (deliveries >= this.options.outbox.maxTries) {
      this.#logger.error(
        `Event ${event.id} (${event.type}) is a dead letter after ${deliveries} deliveries: ${textOf(error)}`,
      );
      await this.repository.deadLetter(leaseToken, position);
      return 'dead';
    }
    const delayMs = retryDelayMs(deliveries, jitterOf(event.id));
    this.#logger.warn(
      `Event ${event.id} (${event.type}), delivery ${deliveries} failed, next in ${delayMs} ms: ${textOf(error)}`,
    );
    await this.repository.postpone(leaseToken, position, delayMs);
    return 'retried';
  }

  private warnOnce(): void {
    if (!this.#warned) {
      this.#warned = true;
      this.#logger.warn(
        'No handler is registered with @OnConnectionEvent(), and there is no events.publisher: events stay in the outbox until one is.',
      );
    }
  }
}

async function settledWithin(promises: readonly Promise<unknown>[], ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([Promise.allSettled(promises), late]);
  clearTimeout(timer);
}
