import type { ConnectionEvent } from '../events/index.js';
import type { EventPublisher } from '../options/index.js';
import { asking } from './broker-errors.js';
import { ConfirmingChannel, type RabbitMqChannel, type RabbitMqMessage } from './confirming-channel.js';
import { bytesOf, encoded, type BrokerPublisherOptions } from './event-encoding.js';

const DEFAULT_EXCHANGE = 'powens-connections';

const typeOf = ({ type }: ConnectionEvent): string => type;

/**
 * How events are published to RabbitMQ.
 *
 * @public
 */
export interface RabbitMqPublisherOptions extends BrokerPublisherOptions {
  /**
   * Name of the exchange.
   *
   * @defaultValue `'powens-connections'`
   */
  exchange?: string;
  /**
   * Type of the exchange, which is declared durable; `false` for one that exists.
   *
   * @defaultValue `'topic'`
   */
  declare?: 'topic' | 'direct' | 'fanout' | 'headers' | false;
  /**
   * Routing key of an event.
   *
   * @defaultValue its type, as `connection.created`
   */
  routingKey?: (event: ConnectionEvent) => string;
  /**
   * Whether an event for which no queue is bound counts as refused. Otherwise RabbitMQ drops it.
   *
   * @defaultValue true
   */
  mandatory?: boolean;
}

/**
 * Publishes to an exchange of RabbitMQ over a confirm channel of amqplib: persistent messages, confirmed by the broker, whose
 * `messageId` is the id of the event.
 *
 * @example
 * ```ts
 * new RabbitMqPublisher(() => connection.createConfirmChannel(), { exchange: 'banking' })
 * ```
 * @public
 */
export class RabbitMqPublisher implements EventPublisher {
  #opened: ConfirmingChannel | undefined;
  #ready: Promise<ConfirmingChannel> | undefined;

  /**
   * @param openChannel - opens a confirm channel: called with the first event, and again after the channel closed. The
   * connection, and its `error` listener, are the application's
   */
  constructor(
    private readonly openChannel: () => RabbitMqChannel | Promise<RabbitMqChannel>,
    private readonly options: RabbitMqPublisherOptions = {},
  ) {}

  async publish(event: ConnectionEvent): Promise<void> {
    await asking('RabbitMQ', async () => {
      const channel = await this.channel();
      await channel.publish(this.messageOf(event));
    });
  }

  private async channel(): Promise<ConfirmingChannel> {
    this.#ready ??= this.open().catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  private async open(): Promise<ConfirmingChannel> {
    const { exchange = DEFAULT_EXCHANGE, declare = 'topic' } = this.options;
    const channel = await this.openChannel();
    // A channel that is given twice has its listeners.
    const opened = this.#opened?.channel === channel ? this.#opened : this.listenTo(channel);
    this.#opened = opened;
    if (declare !== false) {
      await channel.assertExchange(exchange, declare, { durable: true });
    }
    return opened;
  }

  private listenTo(channel: RabbitMqChannel): ConfirmingChannel {
    const opened = new ConfirmingChannel(channel, () => {
      if (this.#opened === opened) {
        this.#ready = undefined;
      }
    });
    return opened;
  }

  private messageOf(event: ConnectionEvent): RabbitMqMessage {
    const { exchange = DEFAULT_EXCHANGE, routingKey = typeOf, mandatory = true } = this.options;
    const message = encoded(event, this.options);
    return {
      exchange,
      routingKey: routingKey(event),
      content: bytesOf(message),
      options: {
        messageId: event.id,
        type: event.type,
        timestamp: Math.floor(Date.parse(event.occurredAt) / 1000),
        contentType: message.contentType,
        contentEncoding: 'utf-8',
        headers: { instance: event.instance },
        persistent: true,
        mandatory,
      },
    };
  }
}
