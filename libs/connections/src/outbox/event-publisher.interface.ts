import type { ConnectionEvent } from '../events/index.js';

/**
 * Port to the handlers of events. The relay marks an event delivered only after `publish` resolves.
 *
 * @public
 */
export interface EventPublisher {
  /** Whether any handler is registered; while there is none, events stay in the outbox. */
  hasHandlers(): boolean;

  /** Passes an event to the handlers; resolves when it was handled, rejects when it must be delivered again. */
  publish(event: ConnectionEvent): Promise<void>;
}

/** @public */
export const EventPublisher = Symbol('EventPublisher');
