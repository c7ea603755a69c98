import type { ConnectionEvent } from '../events/index.js';

/**
 * An event as a broker stores it.
 *
 * @public
 */
export interface EncodedEvent {
  /** Media type of the body. */
  readonly contentType: string;
  /** Serialised as JSON, by the publisher or by the client of the broker. */
  readonly body: object;
}

/**
 * Makes the message of an event.
 *
 * @see cloudEvents
 * @public
 */
export type EventEncoding = (event: ConnectionEvent) => EncodedEvent;

/**
 * What all publishers take.
 *
 * @public
 */
export interface BrokerPublisherOptions {
  /**
   * Makes the message of an event.
   *
   * @defaultValue the `ConnectionEvent` as `application/json`
   */
  encoding?: EventEncoding;
}

/** The event as it is. */
const plainEvents: EventEncoding = (event) => ({ contentType: 'application/json', body: event });

/**
 * Encodes an event as the options say.
 *
 * @internal
 */
export function encoded(
  event: ConnectionEvent,
  { encoding = plainEvents }: BrokerPublisherOptions,
): EncodedEvent {
  return encoding(event);
}

/**
 * Bytes of an encoded event, as JSON in UTF-8.
 *
 * @internal
 */
export function bytesOf({ body }: EncodedEvent): Buffer {
  return Buffer.from(JSON.stringify(body), 'utf8');
}
