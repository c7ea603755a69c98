import { refused } from './broker-errors.js';

/**
 * A confirm channel of amqplib, as `connection.createConfirmChannel()` opens it.
 *
 * @public
 */
export interface RabbitMqChannel {
  /** Publishes; `confirm` is called when the broker has confirmed the message, or with an error. */
  publish(
    exchange: string,
    routingKey: string,
    content: Buffer,
    options: RabbitMqMessageOptions,
    confirm: (error: unknown) => void,
  ): boolean;
  /** Declares an exchange. */
  assertExchange(exchange: string, type: string, options: { durable: boolean }): Promise<unknown>;
  /** Registers a listener of messages that come back. */
  on(event: 'return', listener: (message: RabbitMqReturnedMessage) => void): unknown;
  /** Registers a listener of the end of the channel. */
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
}

/**
 * Properties of a message.
 *
 * @public
 */
export interface RabbitMqMessageOptions {
  readonly messageId: string;
  readonly type: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly contentType: string;
  readonly contentEncoding: string;
  readonly headers: Record<string, string>;
  readonly persistent: boolean;
  readonly mandatory: boolean;
}

/**
 * A message that no queue was bound for.
 *
 * @public
 */
export interface RabbitMqReturnedMessage {
  readonly fields: object;
  readonly properties: { readonly messageId?: string };
}

/** A message on its way to an exchange. */
export interface RabbitMqMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  readonly options: RabbitMqMessageOptions;
}

/** Waits for confirms, and for messages that come back because no queue is bound for them. */
export class ConfirmingChannel {
  /** Reasons of messages that came back, by id. RabbitMQ confirms them, too, afterwards. */
  readonly #returned = new Map<string, string>();

  /**
   * @param onClosed - called when another channel is needed, maybe more than once
   */
  constructor(
    readonly channel: RabbitMqChannel,
    private readonly onClosed: () => void,
  ) {
    channel.on('return', ({ fields, properties }) => {
      this.#returned.set(
        properties.messageId ?? '',
        (fields as { replyText?: string }).replyText ?? 'returned',
      );
    });
    channel.on('close', onClosed);
    // Without a listener, Node ends the process. The messages that wait for their confirm get an error of their own.
    channel.on('error', onClosed);
  }

  /**
   * Publishes a message.
   *
   * @throws EventPublisherError `publisher_refused` when it came back; the error of amqplib when it was not confirmed
   */
  async publish({ exchange, routingKey, content, options }: RabbitMqMessage): Promise<void> {
    try {
      await this.confirmed({ exchange, routingKey, content, options });
      const reason = this.#returned.get(options.messageId);
      if (reason !== undefined) {
        throw refused(
          'RabbitMQ',
          `${reason}, routing key "${routingKey}" of exchange "${exchange}". Bind a queue.`,
        );
      }
    } finally {
      this.#returned.delete(options.messageId);
    }
  }

  private async confirmed({ exchange, routingKey, content, options }: RabbitMqMessage): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.channel.publish(exchange, routingKey, content, options, (error) => {
          if (error === null || error === undefined) {
            resolve();
          } else {
            reject(error instanceof Error ? error : new Error('The message was not confirmed.'));
          }
        });
      });
    } catch (error) {
      // A closed channel throws at once, where its events came before this listened.
      if ((error as Error).name === 'IllegalOperationError') {
        this.onClosed();
      }
      throw error;
    }
  }
}
