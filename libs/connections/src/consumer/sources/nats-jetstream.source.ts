import { assertStored, type JetStreamClient } from '../../brokers/nats-jetstream.publisher.js';
import { ConfigurationError } from '../../errors/index.js';
import type { EventSource, EventSubscription, MessageReceiver, ReceivedMessage } from './event-source.js';

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
 * The messages of a consumer.
 *
 * @public
 */
export interface JetStreamMessages extends AsyncIterable<JetStreamMessage> {
  close(): Promise<unknown>;
}

/**
 * A message of a stream.
 *
 * @public
 */
export interface JetStreamMessage {
  readonly data: Uint8Array;
  readonly redelivered: boolean;
  ack(): void;
  nak(delayMs?: number): void;
  term(): void;
  working(): void;
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

interface Reception extends NatsJetStreamEventSourceOptions {
  readonly receive: MessageReceiver;
  readonly prefetch: number;
  readonly heartbeatMs: number;
}

/** The messages of one `consume()`, until they end. */
class NatsSubscription implements EventSubscription {
  readonly ended: Promise<void>;
  readonly #lost = new AbortController();
  readonly #held = new Map<JetStreamMessage, Promise<void>>();
  readonly #heartbeat: NodeJS.Timeout;
  #isStopping = false;

  constructor(
    private readonly messages: JetStreamMessages,
    private readonly reception: Reception,
  ) {
    this.#heartbeat = setInterval(() => {
      this.extend();
    }, reception.heartbeatMs);
    this.#heartbeat.unref();
    this.ended = this.receiveAll();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.messages.close();
  }

  async close(): Promise<void> {
    await this.stop();
    clearInterval(this.#heartbeat);
    this.#lost.abort();
  }

  private async receiveAll(): Promise<void> {
    try {
      for await (const message of this.messages) {
        if (this.#isStopping) {
          message.nak();
          continue;
        }
        this.hold(message);
        // The client buffers `max_messages` beside those that it gave out.
        while (this.#held.size >= this.reception.prefetch) {
          await Promise.race(this.#held.values());
        }
      }
    } catch {
      // The connection closed: the next consumer reports what is wrong.
    } finally {
      if (!this.#isStopping) {
        this.#lost.abort();
      }
    }
  }

  private hold(message: JetStreamMessage): void {
    const settled = this.reception.receive(this.messageOf(message)).finally(() => this.#held.delete(message));
    this.#held.set(message, settled);
  }

  private extend(): void {
    for (const message of this.#held.keys()) {
      this.settle(() => {
        message.working();
      });
    }
  }

  private messageOf(message: JetStreamMessage): ReceivedMessage {
    return {
      body: message.data,
      redelivered: message.redelivered,
      signal: this.#lost.signal,
      acknowledge: () => {
        this.settle(() => {
          message.ack();
        });
      },
      release: () => {
        this.settle(() => {
          message.nak();
        });
      },
      deadLetter: async () => {
        const { deadLetter } = this.reception;
        if (deadLetter !== undefined) {
          assertStored(await deadLetter.client.publish(deadLetter.subject, message.data));
        }
        this.settle(() => {
          // Without the reason: a server before 2.11 ignores the whole answer then, and delivers the message again.
          message.term();
        });
      },
    };
  }

  /** A connection that closed throws; JetStream delivers the message again. */
  private settle(call: () => void): void {
    try {
      call();
    } catch {
      this.#lost.abort();
    }
  }
}
