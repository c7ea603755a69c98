import type { Logger } from '@nestjs/common';
import type { EventEmitter2 } from '@nestjs/event-emitter';
import { jitterOf } from '../../background/retry-delay.js';
import { TimeLimit } from '../../background/time-limit.js';
import { EventPublisherError } from '../../errors/index.js';
import type { ConnectionEvent } from '../../events/index.js';
import type { EventPublisher } from '../../options/background/events-options.interface.js';
import { loggerOf } from '../../options/registration/logger-of.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { ClaimedMessage } from '../outbox.rows.js';
import { EventHandlers } from './event-handlers.js';
import { PublisherPause } from './publisher-pause.js';
import { textOf } from '../../events/text-of.js';

/** The publisher among those that completed an event. No handler has this id, since theirs have the name of a class. */
const PUBLISHER = 'events.publisher';

/** An event, and who has completed it. */
type DeliverableMessage = Pick<ClaimedMessage, 'event' | 'deliveredTo'>;

/**
 * Delivers an event: to the publisher of the host, if there is one, then to the handlers of this process. In this order,
 * because a publisher that is away must not call the handlers again and again.
 *
 * @internal
 */
export class EventDelivery {
  readonly #logger: Logger;
  readonly #handlers: EventHandlers;
  readonly #pause = new PublisherPause();

  constructor(
    private readonly options: Pick<ResolvedOptions, 'instance' | 'events' | 'outbox'>,
    emitter: EventEmitter2,
  ) {
    this.#logger = loggerOf('ConnectionsOutbox', options);
    this.#handlers = new EventHandlers(emitter, options);
  }

  /** Whether anything takes events; while nothing does, they stay in the outbox. */
  hasReceivers(): boolean {
    return this.options.events.publisher !== null || this.#handlers.exist();
  }

  /** Milliseconds until an unavailable publisher is tried again; 0 when events may be delivered. */
  get restMs(): number {
    return this.#pause.restMs;
  }

  /** Maximum number of deliveries at a time: one, to find out whether an unavailable publisher is back. */
  get maxConcurrent(): number {
    return this.#pause.isProbing ? 1 : this.options.outbox.batchSize;
  }

  /** Makes the limit of the publisher, for events that are delivered together. */
  publishLimit(): TimeLimit {
    const { publishTimeoutMs } = this.options.events;
    const message = `The event was not confirmed within ${publishTimeoutMs} ms.`;
    return new TimeLimit(publishTimeoutMs, () => new EventPublisherError('publisher_unavailable', message));
  }

  /**
   * Delivers an event to those that have not completed it yet, and adds them to `deliveredTo` when they do.
   *
   * @throws EventPublisherError `publisher_unavailable` when the delivery must not count as a try; anything else when it must
   */
  async deliver({ event, deliveredTo }: DeliverableMessage, limit: TimeLimit): Promise<void> {
    const { publisher } = this.options.events;
    if (publisher !== null && !deliveredTo.has(PUBLISHER)) {
      await this.publish(publisher, event, limit);
      deliveredTo.add(PUBLISHER);
    }
    await this.callHandlers(event, deliveredTo);
  }

  private async callHandlers(event: ConnectionEvent, completed: Set<string>): Promise<void> {
    const { handlerTimeoutMs } = this.options.outbox;
    const limit = new TimeLimit(
      handlerTimeoutMs,
      () => new Error(`A handler took longer than ${handlerTimeoutMs} ms`),
    );
    try {
      await limit.race(this.#handlers.call(event, completed));
    } finally {
      limit.end();
    }
  }

  private async publish(publisher: EventPublisher, event: ConnectionEvent, limit: TimeLimit): Promise<void> {
    const startedAt = performance.now();
    try {
      await limit.race(publisher.publish(event, limit.signal));
    } catch (error) {
      throw EventPublisherError.isUnavailable(error) ? this.unavailable(event, error, startedAt) : error;
    }
    if (this.#pause.accepted()) {
      this.#logger.log('The event publisher accepts events again.');
    }
  }

  /** A publisher that accepted another event in the meantime is there: without a limit, this one would block its connection. */
  private unavailable(event: ConnectionEvent, error: unknown, startedAt: number): unknown {
    if (this.#pause.hasAcceptedSince(startedAt)) {
      const message = `The publisher accepts other events, and not this one: ${textOf(error)}`;
      return new EventPublisherError('publisher_refused', message, error);
    }
    const pauseMs = this.#pause.unavailable(jitterOf(event.id));
    if (pauseMs !== null) {
      this.#logger.warn(
        `The event publisher is unavailable, events wait in the outbox, next try in ${pauseMs} ms: ${textOf(error)}`,
      );
    }
    return error;
  }
}
