import { ConfirmingChannel } from '../../brokers/confirming-channel.js';
import { ConfigurationError } from '../../errors/index.js';
import type { EventSource, EventSubscription, MessageReceiver, ReceivedMessage } from './event-source.js';
import type { RabbitMqConsumerChannel, RabbitMqDelivery } from './rabbitmq-channel.js';

/**
 * A queue of RabbitMQ.
 *
 * @public
 */
export interface RabbitMqEventSourceOptions {
  /** Name of the queue. */
  queue: string;
  /**
   * Name of the queue for messages that are put aside.
   *
   * @defaultValue the name of the queue and `.dead`
   */
  deadLetterQueue?: string;
  /**
   * Whether the exchange, both queues and the bindings are declared. Declare them elsewhere where the application may not; a
   * dead-letter queue that does not exist stops the queue at the first message that must be put aside.
   *
   * @defaultValue true
   */
  declare?: boolean;
  /**
   * Name of the exchange that the events are published to.
   *
   * @defaultValue `'powens-connections'`
   */
  exchange?: string;
  /**
   * Type of the exchange.
   *
   * @defaultValue `'topic'`
   */
  exchangeType?: 'topic' | 'direct' | 'fanout' | 'headers';
  /**
   * Routing keys that the queue is bound with.
   *
   * @defaultValue `['#']`: all events
   */
  patterns?: readonly string[];
  /**
   * Arguments of the queue. RabbitMQ refuses others than those that the queue was declared with.
   *
   * @defaultValue `{ 'x-queue-type': 'quorum', 'x-single-active-consumer': true }`: replicated, and consumed by one process at a
   * time, which the order of events requires
   */
  queueArguments?: Readonly<Record<string, unknown>>;
}

/** Ordered and replicated. */
const QUEUE_ARGUMENTS = { 'x-queue-type': 'quorum', 'x-single-active-consumer': true };

/**
 * Receives the events that `RabbitMqPublisher` published, over confirm channels of amqplib. A message that is put aside is
 * published to the dead-letter queue, with the header `x-reason`, before it is acknowledged: it is never in no queue.
 *
 * @example
 * ```ts
 * new RabbitMqEventSource(() => connection.createConfirmChannel(), { queue: 'ledger', exchange: 'banking' })
 * ```
 * @public
 */
export class RabbitMqEventSource implements EventSource {
  readonly name: string;

  /**
   * @param openChannel - opens a new confirm channel: called at the start, and again after the channel closed. The connection, and
   * its `error` listener, are the application's
   */
  constructor(
    private readonly openChannel: () => RabbitMqConsumerChannel | Promise<RabbitMqConsumerChannel>,
    private readonly options: RabbitMqEventSourceOptions,
  ) {
    this.name = `RabbitMQ queue "${options.queue}"`;
  }

  async open(receive: MessageReceiver, prefetch: number): Promise<EventSubscription> {
    const channel = await this.openChannel();
    if (typeof (channel as Partial<RabbitMqConsumerChannel>).waitForConfirms !== 'function') {
      throw new ConfigurationError(
        'EventConsumerModule.source',
        'opens a channel without confirms. Open it with createConfirmChannel().',
      );
    }
    const subscription = new RabbitMqSubscription(channel, this.deadLetterQueue);
    try {
      await channel.prefetch(prefetch);
      await this.declareAll(channel);
      await subscription.start(this.options.queue, receive);
    } catch (error) {
      await subscription.close();
      throw error;
    }
    return subscription;
  }

  private get deadLetterQueue(): string {
    return this.options.deadLetterQueue ?? `${this.options.queue}.dead`;
  }

  private async declareAll(channel: RabbitMqConsumerChannel): Promise<void> {
    const { queue, exchange = 'powens-connections', exchangeType = 'topic' } = this.options;
    const { declare = true, patterns = ['#'], queueArguments = QUEUE_ARGUMENTS } = this.options;
    if (!declare) {
      return;
    }
    await channel.assertExchange(exchange, exchangeType, { durable: true });
    await channel.assertQueue(this.deadLetterQueue, { durable: true });
    await channel.assertQueue(queue, { durable: true, arguments: queueArguments });
    for (const pattern of patterns) {
      await channel.bindQueue(queue, exchange, pattern);
    }
  }
}

/** One channel, until it closes. */
class RabbitMqSubscription implements EventSubscription {
  readonly ended: Promise<void>;
  readonly #lost = new AbortController();
  readonly #confirming: ConfirmingChannel;
  #consumerTag: string | undefined;

  constructor(
    private readonly channel: RabbitMqConsumerChannel,
    private readonly deadLetterQueue: string,
  ) {
    this.#confirming = new ConfirmingChannel(channel, () => {
      this.#lost.abort();
    });
    this.ended = new Promise((resolve) => {
      this.#lost.signal.addEventListener('abort', () => {
        resolve();
      });
    });
  }

  async start(queue: string, receive: MessageReceiver): Promise<void> {
    const onMessage = (delivery: RabbitMqDelivery | null): void => {
      if (delivery === null) {
        // The queue was removed, or moved to another node: what is held is delivered again.
        this.#lost.abort();
      } else {
        receive(this.messageOf(delivery)).catch(() => {
          this.#lost.abort();
        });
      }
    };
    ({ consumerTag: this.#consumerTag } = await this.channel.consume(queue, onMessage, { noAck: false }));
  }

  async stop(): Promise<void> {
    if (this.#consumerTag !== undefined && !this.#lost.signal.aborted) {
      // A channel that closes meanwhile cancels, too.
      await this.channel.cancel(this.#consumerTag).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    try {
      await this.channel.close();
    } catch {
      // It is closed.
    }
    this.#lost.abort();
  }

  private messageOf(delivery: RabbitMqDelivery): ReceivedMessage {
    const ack = (): void => {
      this.settle(() => {
        this.channel.ack(delivery as never);
      });
    };
    return {
      body: delivery.content,
      redelivered: delivery.fields.redelivered,
      signal: this.#lost.signal,
      acknowledge: ack,
      release: () => {
        // The channel that closes returns it in its order. A `nack` moves it behind later messages of a quorum queue.
      },
      deadLetter: async (reason) => {
        await this.publishAside(delivery, reason);
        ack();
      },
    };
  }

  /** A channel that closed throws; RabbitMQ delivers the message again. */
  private settle(call: () => void): void {
    if (this.#lost.signal.aborted) {
      return;
    }
    try {
      call();
    } catch {
      this.#lost.abort();
    }
  }

  private async publishAside(
    { content, fields, properties }: RabbitMqDelivery,
    reason: string,
  ): Promise<void> {
    const { messageId, type, contentType } = properties;
    await this.#confirming.publish({
      exchange: '',
      routingKey: this.deadLetterQueue,
      content,
      options: {
        messageId: textOr(messageId, `delivery-${fields.deliveryTag}`),
        type: textOr(type, 'unknown'),
        timestamp: Math.floor(new Date().getTime() / 1000),
        contentType: textOr(contentType, 'application/octet-stream'),
        contentEncoding: 'utf-8',
        headers: { 'x-reason': reason },
        persistent: true,
        mandatory: true,
      },
    });
  }
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}
