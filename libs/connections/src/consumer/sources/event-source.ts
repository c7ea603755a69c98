/**
 * A message of a broker, held by this process until it is settled: acknowledged, released or put aside.
 *
 * @public
 */
export interface ReceivedMessage {
  readonly body: Uint8Array;
  /** Whether the broker delivered it before, maybe to another process. */
  readonly redelivered: boolean;
  /** Aborts when the broker takes the message back: the link is lost, and another process may receive it. */
  readonly signal: AbortSignal;
  /** Acknowledges the message: the broker forgets it. Does nothing after {@link ReceivedMessage.signal} aborted. */
  acknowledge(): void;
  /** Gives the message back to the broker, which delivers it again: at once, or when the subscription is closed. */
  release(): void;
  /**
   * Puts the message where people find it, then acknowledges it.
   *
   * @param reason - for people: what failed
   * @throws what the broker's client threw: the message is still held
   */
  deadLetter(reason: string): Promise<void>;
}

/**
 * What receives the messages of a source. Resolves when the message is settled; it never rejects.
 *
 * @public
 */
export type MessageReceiver = (message: ReceivedMessage) => Promise<void>;

/**
 * A subscription to a source.
 *
 * @public
 */
export interface EventSubscription {
  /** Resolves when the subscription ended by itself: the link is lost, or the broker removed the queue. */
  readonly ended: Promise<void>;
  /** Stops fetching. Held messages can still be settled. */
  stop(): Promise<void>;
  /** Frees everything. Called once, after the last held message was settled. */
  close(): Promise<void>;
}

/**
 * Where events come from: a queue of RabbitMQ, a consumer of NATS JetStream, or an implementation of the application.
 *
 * @see RabbitMqEventSource, NatsJetStreamEventSource
 * @public
 */
export interface EventSource {
  /** Names the source in the log: `RabbitMQ queue "ledger"`. No credentials. */
  readonly name: string;
  /**
   * Starts to receive messages. Called again, after a pause, when it rejected or the subscription ended.
   *
   * @param receive - called for each message, in the order of the broker
   * @param prefetch - maximum number of messages that are held at a time
   */
  open(receive: MessageReceiver, prefetch: number): Promise<EventSubscription>;
}
