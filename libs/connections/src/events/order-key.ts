import type { ConnectionEvent } from './connection-event.js';

/**
 * Key of the events that are delivered one after the other: those of one connection, and those without a connection only within
 * their attempt.
 *
 * @internal
 */
export function orderKeyOf(event: ConnectionEvent): string {
  return event.connectionId ?? event.attemptId ?? event.id;
}
