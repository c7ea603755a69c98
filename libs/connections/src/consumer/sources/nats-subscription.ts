import { assertStored, type JetStreamClient } from '../../brokers/nats-jetstream.publisher.js';
import type { EventSubscription, MessageReceiver, ReceivedMessage } from './event-source.js';

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

/** How the messages of a consumer are received. */
interface Reception {
  /** Where messages are published that are put aside; they are terminated without it. */
  readonly deadLetter?: { readonly client: JetStreamClient; readonly subject: string };
  readonly receive: MessageReceiver;
  readonly prefetch: number;
  readonly heartbeatMs: number;
}

/** The messages of one `consume()`, until they end. */
export class NatsSubscription implements EventSubscription {
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
