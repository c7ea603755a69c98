import type { ConnectionEvent } from '../events/index.js';

/**
 * Port to whoever handles events. The relay marks an event delivered only after `publish` resolves.
 *
 * @public
 */
export interface EventPublisher {
  /** Whether anybody would handle an event; while nobody does, events stay where they are (RL-25). */
  hasHandlers(): boolean;

  /** Hands an event over; resolves when it was handled, rejects when it must be delivered again. */
  publish(event: ConnectionEvent): Promise<void>;
}

/** @public */
export const EventPublisher = Symbol('EventPublisher');
