import type { RabbitMqChannel } from '../../brokers/confirming-channel.js';

/**
 * A confirm channel of amqplib, as `connection.createConfirmChannel()` opens it.
 *
 * @public
 */
export interface RabbitMqConsumerChannel extends RabbitMqChannel {
  prefetch(count: number): Promise<unknown>;
  assertQueue(queue: string, options: { durable: boolean; arguments?: object }): Promise<unknown>;
  bindQueue(queue: string, exchange: string, pattern: string): Promise<unknown>;
  consume(
    queue: string,
    onMessage: (message: RabbitMqDelivery | null) => void,
    options: { noAck: false },
  ): Promise<{ readonly consumerTag: string }>;
  cancel(consumerTag: string): Promise<unknown>;
  ack(message: never): void;
  /** Only a confirm channel has it. */
  waitForConfirms(): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * A message that RabbitMQ delivered.
 *
 * @public
 */
export interface RabbitMqDelivery {
  readonly content: Buffer;
  readonly fields: { readonly deliveryTag: number; readonly redelivered: boolean };
  readonly properties: {
    readonly messageId?: unknown;
    readonly type?: unknown;
    readonly contentType?: unknown;
  };
}
