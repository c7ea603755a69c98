import type { JetStreamClient, NatsHeaders, RabbitMqChannel } from 'nestjs-powens-connections/brokers';

/** What a test uses of amqplib. */
export interface Amqp {
  connect(url: string): Promise<AmqpConnection>;
}

export interface AmqpConnection {
  createConfirmChannel(): Promise<AmqpChannel>;
  close(): Promise<void>;
  on(event: 'error' | 'close', listener: () => void): unknown;
  readonly connection: { readonly stream: { destroy(error: Error): void } };
}

export interface AmqpChannel extends RabbitMqChannel {
  assertQueue(name: string, options: object): Promise<{ queue: string }>;
  bindQueue(queue: string, exchange: string, pattern: string): Promise<unknown>;
  deleteExchange(exchange: string): Promise<unknown>;
  consume(queue: string, onMessage: (message: AmqpMessage) => void, options: object): Promise<unknown>;
}

export interface AmqpMessage {
  readonly content: Buffer;
  readonly fields: { readonly routingKey: string };
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What a test uses of `@nats-io/transport-node`. */
export interface Nats {
  connect(options: object): Promise<NatsConnection>;
  headers(): NatsHeaders;
}

export interface NatsConnection {
  close(): Promise<void>;
}

/** What a test uses of `@nats-io/jetstream`. */
export interface JetStream {
  jetstream(connection: NatsConnection, options?: object): JetStreamClient;
  jetstreamManager(connection: NatsConnection): Promise<{
    streams: {
      add(stream: object): Promise<unknown>;
      delete(name: string): Promise<unknown>;
      info(name: string): Promise<{ state: { messages: number } }>;
      getMessage(name: string, query: { seq: number }): Promise<NatsMessage>;
    };
  }>;
}

export interface NatsMessage {
  readonly subject: string;
  readonly header: { get(name: string): string };
  json(): unknown;
}

/** Loads a client that only these tests need: an installation without it runs all others. */
export async function clientOf<T extends object>(name: string): Promise<T> {
  const loaded = (await import(/* @vite-ignore */ name)) as T & { default?: T };
  return { ...loaded.default, ...loaded };
}
