import { orderKeyOf, type ConnectionEvent } from '../events/index.js';
import type { EventPublisher } from '../options/index.js';
import { asking, refused } from './broker-errors.js';
import { bytesOf, encoded, type BrokerPublisherOptions } from './event-encoding.js';

/** Errors of Kafka that are about the message. */
const REFUSALS = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'CORRUPT_MESSAGE'];

/** Acknowledged by all replicas that are in sync. */
const ALL_REPLICAS = -1;

/**
 * A message for Kafka.
 *
 * @public
 */
export interface KafkaMessage {
  key: string;
  value: Buffer;
  headers: Record<string, string>;
}

/**
 * A connected producer of kafkajs.
 *
 * @public
 */
export interface KafkaProducer {
  /** Sends messages; resolves when the brokers have acknowledged them. */
  send(record: {
    topic: string;
    acks: number;
    messages: KafkaMessage[];
  }): Promise<readonly { readonly errorCode: number }[]>;
}

/**
 * How events are published to Kafka.
 *
 * @public
 */
export interface KafkaPublisherOptions extends BrokerPublisherOptions {
  /**
   * Name of the topic.
   *
   * @defaultValue `'powens-connections'`
   */
  topic?: string;
}

/**
 * Publishes to a topic of Kafka, acknowledged by all replicas in sync. The key is the id of the connection, so that its events are in one
 * partition, in order; header `id` is the id of the event.
 *
 * @example
 * ```ts
 * new KafkaPublisher(kafka.producer({ idempotent: true, maxInFlightRequests: 1 }), { topic: 'banking' })
 * ```
 * @public
 */
export class KafkaPublisher implements EventPublisher {
  constructor(
    private readonly producer: KafkaProducer,
    private readonly options: KafkaPublisherOptions = {},
  ) {}

  async publish(event: ConnectionEvent): Promise<void> {
    const { topic = 'powens-connections' } = this.options;
    const message = encoded(event, this.options);
    const { id, type, instance } = event;
    const headers = { id, type, instance, 'content-type': message.contentType };
    const messages = [{ key: orderKeyOf(event), value: bytesOf(message), headers }];
    await asking('Kafka', async () => {
      const results = await this.producer.send({ topic, acks: ALL_REPLICAS, messages }).catch(rethrow);
      const failed = results.find(({ errorCode }) => errorCode !== 0);
      if (failed !== undefined) {
        throw new Error(`error code ${failed.errorCode}`);
      }
    });
  }
}

/** kafkajs wraps the error of the last try. */
function rethrow(error: unknown): never {
  const types = [error, (error as Error | undefined)?.cause].map(
    (one) => (one as { type?: string } | undefined)?.type,
  );
  const refusal = types.find((type) => type !== undefined && REFUSALS.includes(type));
  throw refusal === undefined ? error : refused('Kafka', refusal);
}
