import { AsyncLocalStorage } from 'node:async_hooks';
import {
  Inject,
  Injectable,
  type Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { v4 as uuidv4 } from 'uuid';
import { Poller } from '../background/poller.js';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import { loggerOf } from '../options/registration/logger-of.js';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import { EventDelivery } from './delivery/event-delivery.js';
import { OutboxClaims } from './outbox-claims.js';
import { OutboxDeliveries, type HeldMessages } from './outbox-deliveries.js';
import { OutboxRepository } from './outbox.repository.js';
import type { AppendLease } from './outbox.rows.js';

/** Milliseconds that the next claim waits for slow handlers. */
const MAX_WAIT_MS = 100;

/**
 * Delivers the messages of the outbox: claims with a lease, publishes, acknowledges; retries failed deliveries later, and makes
 * a dead letter of a message that keeps failing. Any number of processes may run a relay.
 *
 * The three overlap while many messages are due: the next ones are claimed while the last ones are published, and those before
 * are acknowledged.
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
  readonly #delivery: EventDelivery;
  readonly #claims: OutboxClaims;
  readonly #deliveries: OutboxDeliveries;
  /** Deliveries must not inherit the asynchronous context of the request that caused them: its trace, the fields of its log lines. */
  readonly #outside = AsyncLocalStorage.snapshot();
  #isDraining = false;
  #warned = false;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    repository: OutboxRepository,
    emitter: EventEmitter2,
  ) {
    this.#logger = loggerOf('ConnectionsOutbox', options);
    this.#delivery = new EventDelivery(options, emitter);
    const { leaseSeconds, maxTries } = options.outbox;
    this.#claims = new OutboxClaims(repository, leaseSeconds);
    this.#deliveries = new OutboxDeliveries(repository, this.#delivery, {
      logger: this.#logger,
      leaseSeconds,
      maxTries,
      onStored: (orderKey) => {
        this.claimNextOf(orderKey);
      },
    });
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
    await this.#deliveries.allStored();
  }

  /** Whether anything takes events; while nothing does, they stay in the outbox. */
  hasReceivers(): boolean {
    return this.#delivery.hasReceivers();
  }

  /** Looks at the outbox now. Called right after a commit; polling remains the guarantee (RL-28). */
  wake(): void {
    this.#poller.wake();
  }

  /**
   * Makes a lease for events that this process delivers itself as soon as they are committed, without a claim.
   *
   * @returns null when they must wait in the outbox: no relay runs here, nothing takes events now, or enough are held
   */
  leaseForAppend(): AppendLease | null {
    return this.isFree() ? { leaseToken: uuidv4(), leaseSeconds: this.options.outbox.leaseSeconds } : null;
  }

  /** Delivers events that are committed under a lease of {@link OutboxRelayService.leaseForAppend}. */
  deliver(held: HeldMessages): void {
    if (held.messages.length === 0) {
      return;
    }
    this.#outside(() => {
      if (this.isFree()) {
        this.#deliveries.start(held, 'appended');
      } else {
        const wake = (): void => {
          this.wake();
        };
        this.#deliveries.release(held).then(wake, wake);
      }
    });
  }

  private isFree(): boolean {
    return (
      this.#poller.isActive &&
      this.#delivery.hasReceivers() &&
      this.#delivery.restMs === 0 &&
      this.capacity() > 0
    );
  }

  /** @returns milliseconds until the next run */
  private async drain(signal: AbortSignal): Promise<number> {
    this.#isDraining = true;
    try {
      while ((await this.deliverBatch()) && !signal.aborted) {
        // One batch after the other, until nothing is due.
      }
    } finally {
      this.#isDraining = false;
    }
    return this.#delivery.restMs || this.options.outbox.pollIntervalMs;
  }

  /** @returns whether more messages may be due right now */
  private async deliverBatch(): Promise<boolean> {
    if (!this.#delivery.hasReceivers()) {
      this.warnOnce();
      return false;
    }
    if (this.#delivery.restMs > 0) {
      return false;
    }
    const limit = this.capacity();
    if (limit <= 0) {
      await this.#deliveries.oneStored();
      return true;
    }
    const { stored } = this.#deliveries;
    const storedBefore = stored.total;
    const batch = await this.#claims.next(limit);
    this.#deliveries.start(batch, 'claimed');
    await within(
      MAX_WAIT_MS,
      batch.backlog ? this.roomFor(batch.messages.length) : this.halfStored(batch.messages.length),
    );
    // An outcome that was stored during the claim may have made the next message of its connection due.
    return batch.more || stored.total > storedBefore;
  }

  /** Number of messages that may be claimed. Those whose outcome is stored late do not become more than are delivered at a time. */
  private capacity(): number {
    const { maxConcurrent } = this.#delivery;
    const { delivering, held } = this.#deliveries;
    return Math.min(maxConcurrent - delivering, 2 * maxConcurrent - held);
  }

  /** Resolves when another claim is worth its cost: when half of the capacity is free, or half of the last batch is delivered. */
  private async roomFor(lastBatch: number): Promise<void> {
    const { ended, delivering } = this.#deliveries;
    const tooMany = delivering - Math.floor(this.#delivery.maxConcurrent / 2);
    await ended.next(Math.min(tooMany, Math.ceil(lastBatch / 2)));
  }

  /**
   * Resolves when another claim may find something: the next messages of connections whose messages were delivered. Half of the last
   * batch, and not of all that is held: slow handlers of other connections must not be waited for.
   */
  private async halfStored(lastBatch: number): Promise<void> {
    const { stored, claimed } = this.#deliveries;
    await stored.next(Math.ceil((lastBatch || claimed) / 2));
  }

  private claimNextOf(orderKey: string): void {
    this.#claims.finished(orderKey);
    if (!this.#isDraining) {
      this.wake();
    }
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

/** Waits for a promise, but not longer than some milliseconds. */
async function within(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
