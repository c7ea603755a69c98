import { ConfirmingChannel } from '../../brokers/confirming-channel.js';
import type { EventSubscription, MessageReceiver, ReceivedMessage } from './event-source.js';
import type { RabbitMqConsumerChannel, RabbitMqDelivery } from './rabbitmq-channel.js';

/** One channel, until it closes. */
export class RabbitMqSubscription implements EventSubscription {
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
