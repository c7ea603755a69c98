import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { orAborted } from '../background/or-aborted.js';
import { pause } from '../background/pause.js';
import { Poller } from '../background/poller.js';
import { retryDelayMs } from '../background/retry-delay.js';
import { messageOf } from '../brokers/broker-errors.js';
import { ConsumedEventsRepository } from './database/consumed-events.repository.js';
import { CONSUMER_OPTIONS, type ResolvedConsumerOptions } from './options/consumer-options.js';
import { EventConsumption } from './processing/event-consumption.js';
import { MessageProcessor } from './processing/message-processor.js';
import type { EventSubscription, ReceivedMessage } from './sources/event-source.js';

/** Milliseconds until a source that is unavailable is opened again, at most. */
const MAX_PAUSE_MS = 30_000;
const PURGE_INTERVAL_MS = 60 * 60 * 1000;
/** Rows of a statement that removes: short enough that it delays nothing. */
const PURGE_BATCH = 1000;

/**
 * Consumes the source from the start of the application to its end, and removes old records.
 *
 * @internal
 */
@Injectable()
export class EventConsumerService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger: Logger;
  readonly #consumption: EventConsumption;
  readonly #processor: MessageProcessor;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #purger = new Poller({
    logger: () => this.#logger,
    failure: 'Records of consumed events cannot be removed',
    intervalMs: () => PURGE_INTERVAL_MS,
    run: async (signal) => this.purge(signal),
  });
  #loop: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONSUMER_OPTIONS) private readonly options: ResolvedConsumerOptions,
    private readonly repository: ConsumedEventsRepository,
    emitter: EventEmitter2,
  ) {
    this.#logger = new Logger(`EventConsumer:${options.name}`);
    this.#consumption = new EventConsumption(options, repository, emitter);
    this.#processor = new MessageProcessor(options, repository, this.#consumption);
  }

  /** Starts after the handlers are registered: the module imports the one that registers them, whose hook is called first. */
  onApplicationBootstrap(): void {
    if (!this.#consumption.hasHandlers()) {
      // Without handlers every event would be acknowledged, and lost.
      this.#logger.warn(
        `No handler is registered with @OnConnectionEvent() or @OnConnectionEventInTransaction(): ${this.options.source.name} is not consumed.`,
      );
      return;
    }
    this.#loop = this.consume();
    this.#purger.start();
  }

  /** Stops fetching, waits for handlers that run, then closes the subscription. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#loop, this.#purger.stop()]);
  }

  private async consume(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted;) {
      try {
        await this.consumeOnce(() => {
          failures = 0;
        });
        failures += 1;
        this.warn(`${this.options.source.name} ended, it is opened again`);
      } catch (error) {
        failures += 1;
        this.warn(`${this.options.source.name} cannot be consumed, events wait there: ${messageOf(error)}`);
      }
      await pause(Math.min(MAX_PAUSE_MS, retryDelayMs(failures, 0.5)), signal);
    }
  }

  private warn(text: string): void {
    if (!this.#stopping.signal.aborted) {
      this.#logger.warn(text);
    }
  }

  /** Opens the source, and returns after the subscription ended. */
  private async consumeOnce(onOpened: () => void): Promise<void> {
    const { source, prefetch } = this.options;
    const opening = source.open(async (message) => this.receive(message), prefetch);
    const subscription = await orAborted(opening, this.#stopping.signal);
    if (subscription === undefined) {
      // A broker that does not answer must not delay the end of the application.
      opening.then(async (late) => late.close()).catch(() => undefined);
      return;
    }
    onOpened();
    this.#logger.log(`${source.name} is consumed.`);
    try {
      await orAborted(subscription.ended, this.#stopping.signal);
    } finally {
      await this.finish(subscription);
    }
  }

  private async finish(subscription: EventSubscription): Promise<void> {
    await subscription.stop();
    await Promise.all(this.#running);
    await subscription.close();
  }

  private async receive(message: ReceivedMessage): Promise<void> {
    const running = this.#processor
      .process(message, this.#stopping.signal)
      .catch((error: unknown) => {
        this.#logger.error(`A message of ${this.options.source.name} was not settled: ${messageOf(error)}`);
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
    await running;
  }

  private async purge(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.repository.purge(PURGE_BATCH)) === PURGE_BATCH) {
      // One batch after the other, until nothing is due.
    }
  }
}
