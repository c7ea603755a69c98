import type { ConnectionEvent } from '../events/index.js';
import type { EventPublisher } from '../options/index.js';
import { asking, refused } from './broker-errors.js';
import { bytesOf, encoded, type BrokerPublisherOptions } from './event-encoding.js';

/**
 * Headers of a NATS message, as `headers()` of the NATS client makes them.
 *
 * @public
 */
export interface NatsHeaders {
  set(name: string, value: string): void;
}

/**
 * A JetStream client of `@nats-io/jetstream` or `nats`.
 *
 * @public
 */
export interface JetStreamClient {
  /** Publishes; resolves when a stream has stored the message. */
  publish(
    subject: string,
    payload: Uint8Array,
    options?: { msgID?: string; headers?: unknown },
  ): Promise<{ readonly seq: number }>;
}

/**
 * How events are published to JetStream.
 *
 * @public
 */
export interface NatsJetStreamPublisherOptions extends BrokerPublisherOptions {
  /**
   * Subject of an event; a stream must store it.
   *
   * @defaultValue `powens-connections.` and its type, as `powens-connections.connection.created`
   */
  subject?: (event: ConnectionEvent) => string;
  /**
   * Makes empty headers: pass `headers` of the NATS client to send `Content-Type`.
   *
   * @defaultValue no header but `Nats-Msg-Id`
   */
  headers?: () => NatsHeaders;
}

/**
 * Publishes to a stream of NATS JetStream, which acknowledges each event. `Nats-Msg-Id` is the id of the event, by which the stream
 * discards repeats within its `duplicate_window`.
 *
 * @example
 * ```ts
 * new NatsJetStreamPublisher(jetstream(connection))
 * ```
 * @public
 */
export class NatsJetStreamPublisher implements EventPublisher {
  constructor(
    private readonly client: JetStreamClient,
    private readonly options: NatsJetStreamPublisherOptions = {},
  ) {}

  async publish(event: ConnectionEvent): Promise<void> {
    const { subject = subjectOf } = this.options;
    const message = encoded(event, this.options);
    const headers = this.options.headers?.();
    headers?.set('Content-Type', message.contentType);
    const settings = { msgID: event.id, ...(headers === undefined ? {} : { headers }) };
    const stored = await asking('NATS JetStream', async () =>
      this.client.publish(subject(event), bytesOf(message), settings),
    );
    assertStored(stored);
  }
}

/** A connection has a method of the same name, which stores nothing and returns nothing. */
export function assertStored(stored: { readonly seq: number } | undefined): void {
  if (typeof stored?.seq !== 'number') {
    throw refused('NATS', 'it was not acknowledged. Pass a JetStream client, and not a connection.');
  }
}

function subjectOf({ type }: ConnectionEvent): string {
  return `powens-connections.${type}`;
}
