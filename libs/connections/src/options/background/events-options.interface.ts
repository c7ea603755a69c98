import type { ConnectionEvent } from '../../events/index.js';

/**
 * Takes events out of the process: to a broker, a queue or another service. `nestjs-powens-connections/brokers` has some.
 *
 * An event is delivered when `publish` resolved, and the handlers of this process accepted it: resolve only after the
 * broker has confirmed that it keeps the event. Events are published at least once; the next event of a connection
 * is published only after this one was delivered.
 *
 * @see EventPublisherError
 * @public
 */
export interface EventPublisher {
  /**
   * Publishes one event. Up to `outbox.batchSize` run at a time, each of another connection.
   *
   * @param event - never changed by the publisher: the handlers of this process get the same object
   * @param signal - aborted after `events.publishTimeoutMs`, when the relay no longer waits
   * @throws EventPublisherError `publisher_unavailable` when the broker does not answer: no try is counted. Any other error
   * counts as a failed delivery of this event
   */
  publish(event: ConnectionEvent, signal: AbortSignal): Promise<void>;
}

/**
 * Where events go, beside the methods marked with `@OnConnectionEvent()`.
 *
 * @public
 */
export interface EventsOptions {
  /**
   * Publishes every event before the handlers of this process are called. While it is unavailable, events wait in the outbox,
   * and the handlers with them. A provider of the application comes through `inject` of `forRootAsync`.
   *
   * @defaultValue none: handlers of this process only
   */
  publisher?: EventPublisher;
  /**
   * Milliseconds that the publisher may take for an event before it counts as unavailable.
   *
   * @defaultValue 30000
   */
  publishTimeoutMs?: number;
}
