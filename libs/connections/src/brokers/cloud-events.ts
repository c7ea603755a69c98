import type { ConnectionEvent } from '../events/index.js';
import { orderKeyOf } from '../events/index.js';
import type { EventEncoding } from './event-encoding.js';

/**
 * Attributes that CloudEvents asks for and an event does not have.
 *
 * @public
 */
export interface CloudEventsOptions {
  /** Where the events come from, a URI reference: `https://app.example.com/connections`. With `id` it is unique. */
  source: string;
  /**
   * Put before the type of the event: `com.example.` makes `com.example.connection.created`.
   *
   * @defaultValue `''`
   */
  typePrefix?: string;
}

/**
 * An event in the JSON format of CloudEvents 1.0, structured mode.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 * @public
 */
export interface CloudEvent {
  readonly specversion: '1.0';
  /** Id of the event: what consumers deduplicate by. */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Id of the connection, where the event is about one. */
  readonly subject?: string;
  /** Events of one key are in order. */
  readonly partitionkey: string;
  readonly datacontenttype: 'application/json';
  readonly data: ConnectionEvent;
}

/**
 * Encodes events as CloudEvents 1.0, `application/cloudevents+json`.
 *
 * @example
 * ```ts
 * new RabbitMqPublisher(openChannel, { encoding: cloudEvents({ source: 'https://app.example.com/connections' }) })
 * ```
 * @public
 */
export function cloudEvents({ source, typePrefix = '' }: CloudEventsOptions): EventEncoding {
  return (event) => {
    const body: CloudEvent = {
      specversion: '1.0',
      id: event.id,
      source,
      type: `${typePrefix}${event.type}`,
      time: event.occurredAt,
      ...(event.connectionId === null ? {} : { subject: event.connectionId }),
      partitionkey: orderKeyOf(event),
      datacontenttype: 'application/json',
      data: event,
    };
    return { contentType: 'application/cloudevents+json', body };
  };
}
