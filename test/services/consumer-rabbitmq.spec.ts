import { randomUUID } from 'node:crypto';
import {
  RabbitMqEventSource,
  type EventSubscription,
  type RabbitMqConsumerChannel,
  type ReceivedMessage,
} from 'nestjs-powens-connections/consumer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { clientOf } from '../helpers/services/brokers.js';
import { until } from '../helpers/until.js';

const { rabbitmq } = inject('services');

/** What these tests use of amqplib beside what the source uses. */
interface Channel extends RabbitMqConsumerChannel {
  sendToQueue(queue: string, body: Buffer, options: object): boolean;
  get(queue: string, options: object): Promise<false | { content: Buffer; properties: { headers: object } }>;
  deleteQueue(queue: string): Promise<unknown>;
  deleteExchange(exchange: string): Promise<unknown>;
}

interface Connection {
  createConfirmChannel(): Promise<Channel>;
  createChannel(): Promise<Channel>;
  on(event: 'error', listener: () => void): unknown;
  close(): Promise<void>;
  readonly connection: { readonly stream: { destroy(error: Error): void } };
}

describe.skipIf(rabbitmq === null)('RabbitMqEventSource with a running RabbitMQ', () => {
  let connect: () => Promise<Connection>;
  let observer: Connection;
  let channel: Channel;
  let used: Connection;
  let queue: string;
  let subscription: EventSubscription | undefined;
  let received: ReceivedMessage[];

  beforeAll(async () => {
    const amqp = await clientOf<{ connect(url: string): Promise<Connection> }>('amqplib');
    connect = async () => {
      const connection = await amqp.connect(rabbitmq!);
      connection.on('error', () => undefined);
      return connection;
    };
    observer = await connect();
  });

  beforeEach(async () => {
    queue = `test-${randomUUID()}`;
    received = [];
    channel = await observer.createConfirmChannel();
    used = await connect();
  });

  afterEach(async () => {
    await subscription?.close();
    await used.close().catch(() => undefined);
    for (const name of [queue, `${queue}.dead`]) await channel.deleteQueue(name);
    await channel.deleteExchange(queue);
    await channel.close();
  });

  afterAll(async () => {
    await observer.close();
  });

  const sourceOf = (openChannel: () => Promise<Channel>): RabbitMqEventSource =>
    // Not exclusive, which `get` of this test could not read beside it.
    new RabbitMqEventSource(openChannel, {
      ...{ queue, exchange: queue },
      queueArguments: { 'x-queue-type': 'quorum' },
    });

  async function open(prefetch = 10): Promise<EventSubscription> {
    const source = sourceOf(async () => used.createConfirmChannel());
    subscription = await source.open(async (message) => {
      received.push(message);
      return Promise.resolve();
    }, prefetch);
    return subscription;
  }

  async function send(...texts: readonly string[]): Promise<void> {
    for (const text of texts) channel.sendToQueue(queue, Buffer.from(text), { persistent: true });
    await channel.waitForConfirms();
  }

  const textsOf = (messages: readonly ReceivedMessage[]): string[] =>
    messages.map(({ body }) => Buffer.from(body).toString());

  it('should put a message aside in the dead-letter queue, as it was, with the reason', async () => {
    await open();
    await send('{"id":');
    await until(() => received.length === 1);
    await received[0]!.deadLetter('no JSON');
    const aside = await channel.get(`${queue}.dead`, { noAck: true });
    expect(aside).toMatchObject({ properties: { headers: { 'x-reason': 'no JSON' } } });
    expect(aside !== false && aside.content.toString()).toBe('{"id":');
    await subscription!.close();
    expect(await channel.get(queue, { noAck: true })).toBe(false);
  });

  it('should keep the message while there is no dead-letter queue', async () => {
    await open();
    await send('one');
    await until(() => received.length === 1);
    await channel.deleteQueue(`${queue}.dead`);
    await expect(received[0]!.deadLetter('no JSON')).rejects.toThrow('NO_ROUTE');
    await subscription!.close();
    await until(async () => (await channel.get(queue, { noAck: true })) !== false);
  });

  it('should hold no more than its prefetch, and return what is released in its order', async () => {
    await open(2);
    await send('one', 'two', 'three');
    await until(() => received.length === 2);
    received[0]!.release();
    received[1]!.release();
    await subscription!.stop();
    await subscription!.close();
    const released = received.splice(0);
    expect(textsOf(released)).toEqual(['one', 'two']);
    await open();
    await until(() => received.length === 3);
    expect(textsOf(received)).toEqual(['one', 'two', 'three']);
    expect(received.map(({ redelivered }) => redelivered)).toEqual([true, true, false]);
    received[0]!.acknowledge();
    await subscription!.close();
    received = [];
    await open();
    await until(() => received.length === 2);
    expect(textsOf(received)).toEqual(['two', 'three']);
  });

  it('should end when the connection is cut, and give what was held to the next subscription in order', async () => {
    const { ended } = await open();
    await send('one', 'two');
    await until(() => received.length === 2);
    used.connection.stream.destroy(new Error('cut'));
    await ended;
    expect(received[0]!.signal.aborted).toBe(true);
    received[0]!.acknowledge();
    used = await connect();
    received = [];
    await open();
    await until(() => received.length === 2);
    expect(textsOf(received)).toEqual(['one', 'two']);
    expect(received.every(({ redelivered }) => redelivered)).toBe(true);
  });

  it('should end when the queue is removed', async () => {
    const { ended } = await open();
    await channel.deleteQueue(queue);
    await ended;
  });

  it('should refuse a channel without confirms, where a dead letter could be lost', async () => {
    const source = sourceOf(async () => used.createChannel());
    await expect(source.open(async () => Promise.resolve(), 1)).rejects.toThrow('createConfirmChannel()');
  });
});
