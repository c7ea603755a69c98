import type { JetStreamClient } from '../../brokers/nats-jetstream.publisher.js';
import { ConfigurationError } from '../../errors/index.js';
import type { EventSource, EventSubscription, MessageReceiver } from './event-source.js';
import { type JetStreamMessages, NatsSubscription } from './nats-subscription.js';

/**
 * A pull consumer of `@nats-io/jetstream`, as `consumers.get()` returns it.
 *
 * @public
 */
export interface JetStreamConsumer {
  info(
    cached?: boolean,
  ): Promise<{ readonly config: { readonly ack_policy?: string; readonly ack_wait?: number } }>;
  consume(options: { max_messages: number }): Promise<JetStreamMessages>;
}

/**
 * How messages of a stream are received.
 *
 * @public
 */
export interface NatsJetStreamEventSourceOptions {
  /** Names the consumer in the log. */
  consumer: string;
  /**
   * Where messages are published that are put aside; a stream must store that subject, and the consumer must not read it.
   *
   * @defaultValue none: the message is terminated, and stays in its stream as long as the stream keeps it
   */
  deadLetter?: { client: JetStreamClient; subject: string };
}

/** Nanoseconds: the server's default of `ack_wait`. */
const ACK_WAIT_NS = 30e9;

/**
 * Receives the events that `NatsJetStreamPublisher` published, from a durable pull consumer with `ack_policy: explicit`. While a
 * message is held, its `ack_wait` is extended.
 *
 * @example
 * ```ts
 * new NatsJetStreamEventSource(() => jetstream(connection).consumers.get('banking', 'ledger'), { consumer: 'ledger' })
 * ```
 * @public
 */
export class NatsJetStreamEventSource implements EventSource {
  readonly name: string;

  /**
   * @param getConsumer - gets the consumer: called at the start, and again after its messages ended
   */
  constructor(
    private readonly getConsumer: () => Promise<JetStreamConsumer>,
    private readonly options: NatsJetStreamEventSourceOptions,
  ) {
    this.name = `NATS JetStream consumer "${options.consumer}"`;
  }

  async open(receive: MessageReceiver, prefetch: number): Promise<EventSubscription> {
    const consumer = await this.getConsumer();
    const { ack_policy: policy, ack_wait: ackWaitNs = ACK_WAIT_NS } = (await consumer.info(true)).config;
    if (policy !== 'explicit') {
      throw new ConfigurationError(
        'EventConsumerModule.source',
        `has a consumer with ack_policy "${String(policy)}": events could be lost. Create it with "explicit".`,
      );
    }
    const messages = await consumer.consume({ max_messages: prefetch });
    const heartbeatMs = Math.max(1, ackWaitNs / 1e6 / 3);
    return new NatsSubscription(messages, { ...this.options, receive, prefetch, heartbeatMs });
  }
}
