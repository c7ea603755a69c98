import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { v4 as uuidv4 } from 'uuid';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import type { ConnectionEvent } from '../events/index.js';
import type { ResolvedOptions } from '../options/resolved-options.js';
import { EventPublisher } from './event-publisher.interface.js';
import { OutboxRepository, type ClaimedMessage } from './outbox.repository.js';
import { retryDelayMs } from './retry-schedule.js';

/**
 * Empties the outbox: claims with a lease, publishes, acknowledges; backs off and buries what keeps failing. Any
 * number of processes may run one.
 *
 * @see RL-21 to RL-28
 * @internal
 */
@Injectable()
export class OutboxRelayService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('ConnectionsOutbox');
  #state: 'idle' | 'draining' | 'stopped' = 'stopped';
  #woken = false;
  #draining: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #warned = false;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly repository: OutboxRepository,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
  ) {}

  /**
   * Starts after every handler is registered: other modules' bootstrap hooks run in the same turn as this one. What
   * happened before boot was never lost, only waiting.
   */
  onApplicationBootstrap(): void {
    if (this.options.outbox.relay) {
      this.#state = 'idle';
      this.#timer = setTimeout(() => {
        this.wake();
      });
    }
  }

  /** Stops claiming, then lets what is in flight end. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#state = 'stopped';
    clearTimeout(this.#timer);
    await this.#draining;
  }

  /** Looks at the outbox now. Called right after a commit; polling remains the guarantee (RL-28). */
  wake(): void {
    this.#woken = true;
    if (this.#state === 'idle') {
      clearTimeout(this.#timer);
      this.#state = 'draining';
      this.#draining = this.drain();
    }
  }

  private async drain(): Promise<void> {
    try {
      while (this.#state === 'draining' && this.#woken) {
        this.#woken = false;
        while ((await this.deliverBatch()) > 0 && this.isDraining()) {
          // One batch after the other, until nothing is due.
        }
      }
    } catch (error) {
      this.#logger.error(
        `The outbox cannot be read, next look in ${this.options.outbox.pollIntervalMs} ms: ${textOf(error)}`,
      );
    }
    this.rest();
  }

  /** A method, since the compiler does not know that `beforeApplicationShutdown` runs during an await. */
  private isDraining(): boolean {
    return this.#state === 'draining';
  }

  private rest(): void {
    if (this.#state === 'stopped') {
      return;
    }
    this.#state = 'idle';
    this.#timer = setTimeout(() => {
      this.wake();
    }, this.options.outbox.pollIntervalMs);
    this.#timer.unref();
  }

  private async deliverBatch(): Promise<number> {
    if (!this.publisher.hasHandlers()) {
      this.warnOnce();
      return 0;
    }
    const { leaseSeconds, batchSize: limit } = this.options.outbox;
    const leaseToken = uuidv4();
    const messages = await this.repository.claim(this.options.instance, { leaseToken, leaseSeconds, limit });
    const delivered = await Promise.all(messages.map(async (message) => this.deliver(leaseToken, message)));
    const positions = messages.filter((_, index) => delivered[index]).map(({ position }) => position);
    if (positions.length > 0) {
      await this.repository.acknowledge(leaseToken, positions);
    }
    return messages.length;
  }

  private async deliver(leaseToken: string, message: ClaimedMessage): Promise<boolean> {
    const { event, deliveries, position } = message;
    try {
      await this.publishInTime(event);
      return true;
    } catch (error) {
      if (deliveries >= this.options.outbox.maxAttempts) {
        this.#logger.error(
          `Event ${event.id} (${event.type}) is a dead letter after ${deliveries} deliveries: ${textOf(error)}`,
        );
        await this.repository.bury(leaseToken, position);
      } else {
        const delayMs = retryDelayMs(deliveries, fractionOf(event.id));
        this.#logger.warn(
          `Event ${event.id} (${event.type}), delivery ${deliveries} failed, next in ${delayMs} ms: ${textOf(error)}`,
        );
        await this.repository.postpone(leaseToken, position, delayMs);
      }
      return false;
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

/** Jitter out of the event's own random bits: no generator needed, and each event has its own. */
function fractionOf(eventId: string): number {
  return Number.parseInt(eventId.slice(-4), 16) / 0x10000;
}

function textOf(error: unknown): string {
  if (error instanceof AggregateError) {
    return `${error.message}: ${error.errors.map(textOf).join('; ')}`;
  }
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown fault';
}
