import { ConnectionsError } from './connections.error.js';

/**
 * A publisher did not take an event.
 *
 * - `publisher_unavailable`: nothing is wrong with the event, the broker does not answer. The delivery of all events pauses,
 *   and no try is counted, so an outage makes no dead letters.
 * - `publisher_refused`: the broker answers, and does not take this event. It is tried again, `outbox.maxTries` times in all.
 *
 * @example
 * ```ts
 * throw new EventPublisherError('publisher_unavailable', 'The connection to the broker is closed.');
 * ```
 * @public
 */
export class EventPublisherError extends ConnectionsError {
  /**
   * @param code - whether the broker is at fault, or the event
   * @param message - what happened; it is logged, so it must not hold a credential
   * @param cause - error of the broker's client
   */
  constructor(code: 'publisher_unavailable' | 'publisher_refused', message: string, cause?: unknown) {
    super(code, message, { cause });
  }

  /** Whether an error means that the broker is away. Decides on the code, since a bundle may hold this class twice. */
  static isUnavailable(error: unknown): boolean {
    return error instanceof Error && (error as { code?: unknown }).code === 'publisher_unavailable';
  }
}
