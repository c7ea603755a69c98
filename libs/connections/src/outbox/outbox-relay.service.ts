import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import type { ConnectionEvent } from '../events/index.js';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import { EventPublisher } from './event-publisher.interface.js';
import { HeldLeases } from './held-leases.js';
import { OutboxClaims } from './outbox-claims.js';
import { OutboxRepository, type ClaimedMessage } from './outbox.repository.js';
import { Poller } from '../background/poller.js';
import { jitterOf, retryDelayMs } from '../background/retry-delay.js';

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
  readonly #logger = new Logger('ConnectionsOutbox');
  readonly #poller = new Poller({
    logger: this.#logger,
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
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
  ) {
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

  private async drain(signal: AbortSignal): Promise<void> {
    while ((await this.deliverBatch()) && !signal.aborted) {
      // One batch after the other, until nothing is due.
    }
  }

  /** @returns whether more messages may be due right now */
  private async deliverBatch(): Promise<boolean> {
    if (!this.publisher.hasHandlers()) {
      this.warnOnce();
      return false;
    }
    const limit = this.options.outbox.batchSize - this.#inFlight.size;
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
    const { event, deliveries, position } = message;
    this.#held.add({ position, leaseToken });
    try {
      await this.publishInTime(event);
      return true;
    } catch (error) {
      if (deliveries >= this.options.outbox.maxTries) {
        this.#logger.error(
          `Event ${event.id} (${event.type}) is a dead letter after ${deliveries} deliveries: ${textOf(error)}`,
        );
        await this.repository.deadLetter(leaseToken, position);
      } else {
        const delayMs = retryDelayMs(deliveries, jitterOf(event.id));
        this.#logger.warn(
          `Event ${event.id} (${event.type}), delivery ${deliveries} failed, next in ${delayMs} ms: ${textOf(error)}`,
        );
        await this.repository.postpone(leaseToken, position, delayMs);
      }
      return false;
    } finally {
      this.#held.remove({ position, leaseToken });
    }
  }

  private async publishInTime(event: ConnectionEvent): Promise<void> {
    const { handlerTimeoutMs } = this.options.outbox;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`A handler took longer than ${handlerTimeoutMs} ms`));
      }, handlerTimeoutMs);
    });
    try {
      await Promise.race([this.publisher.publish(event), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private warnOnce(): void {
    if (!this.#warned) {
      this.#warned = true;
      this.#logger.warn(
        'No handler is registered with @OnConnectionEvent(): events stay in the outbox until one is.',
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

function textOf(error: unknown): string {
  if (error instanceof AggregateError) {
    return `${error.message}: ${error.errors.map(textOf).join('; ')}`;
  }
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown fault';
}
