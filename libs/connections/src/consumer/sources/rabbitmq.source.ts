import { ConfigurationError } from '../../errors/index.js';
import type { EventSource, EventSubscription, MessageReceiver } from './event-source.js';
import type { RabbitMqConsumerChannel } from './rabbitmq-channel.js';
import { RabbitMqSubscription } from './rabbitmq-subscription.js';

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
