import { randomUUID } from 'node:crypto';
import type { ConnectionEvent } from 'nestjs-powens-connections';
import {
  cloudEvents,
  RabbitMqPublisher,
  type RabbitMqPublisherOptions,
} from 'nestjs-powens-connections/brokers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  clientOf,
  type Amqp,
  type AmqpChannel,
  type AmqpConnection,
  type AmqpMessage,
} from '../helpers/services/brokers.js';
import { connectedOwner } from '../helpers/flow/observe.js';
import { useRelayedOutbox, type RelayedOutbox, type TestOutbox } from '../helpers/flow/outbox.js';
import { until } from '../helpers/until.js';

const { postgresql, rabbitmq } = inject('services');

/** The part of an application that connects again after a connection was lost. */
class TestHost {
  #connection: Promise<AmqpConnection> | undefined;

  constructor(private readonly amqp: Amqp) {}

  readonly openChannel = async (): Promise<AmqpChannel> => {
    this.#connection ??= this.amqp.connect(rabbitmq!).then((connection) => {
      connection.on('close', () => (this.#connection = undefined));
      connection.on('error', () => undefined);
      return connection;
    });
    return (await this.#connection).createConfirmChannel();
  };

  async cut(): Promise<void> {
    // As a reset does: without an error the client does not notice.
    (await this.#connection)?.connection.stream.destroy(new Error('cut'));
  }

  async close(): Promise<void> {
    await (await this.#connection)?.close();
  }
}

describe.skipIf(postgresql === null || rabbitmq === null)('events in a running RabbitMQ', () => {
  let outbox: TestOutbox;
  let startRelay: RelayedOutbox['relay'];
  let host: TestHost;
  let observer: TestHost;
  let consumer: AmqpChannel;
  let exchange: string;
  let received: AmqpMessage[];

  useRelayedOutbox((opened) => {
    ({ outbox, relay: startRelay } = opened);
  });

  beforeAll(async () => {
    const amqp = await clientOf<Amqp>('amqplib');
    host = new TestHost(amqp);
    observer = new TestHost(amqp);
    consumer = await observer.openChannel();
  });

  beforeEach(() => {
    exchange = `test-${randomUUID()}`;
    received = [];
  });

  afterEach(async () => {
    await consumer.deleteExchange(exchange);
  });

  afterAll(async () => {
    await host.close();
    await observer.close();
  });

  async function bindQueue(pattern: string): Promise<void> {
    await consumer.assertExchange(exchange, 'topic', { durable: true });
    const { queue } = await consumer.assertQueue('', { exclusive: true });
    await consumer.bindQueue(queue, exchange, pattern);
    await consumer.consume(queue, (message) => received.push(message), { noAck: true });
  }

  const relay = async (options: RabbitMqPublisherOptions = {}, maxTries = 20) =>
    startRelay({
      options: {
        events: { publisher: new RabbitMqPublisher(host.openChannel, { exchange, ...options }) },
        outbox: { pollIntervalMs: 50, maxTries },
      },
    });

  const idsOf = (messages: readonly AmqpMessage[]): unknown[] =>
    messages.map(({ properties }) => properties['messageId']);

  it('should be persistent messages with the id, type and body of the event of a connected bank', async () => {
    await bindQueue('connection.*');
    const app = await relay();
    await connectedOwner(app, 'ann');
    await until(() => app.events.length > 0 && received.length > 0);
    const [message] = received;
    const [event] = app.events;
    expect(JSON.parse(message!.content.toString())).toEqual(event);
    expect(message!.fields.routingKey).toBe('connection.created');
    expect(message!.properties).toMatchObject({
      messageId: event!.id,
      type: 'connection.created',
      contentType: 'application/json',
      deliveryMode: 2,
      headers: { instance: 'default' },
    });
  });

  it('should be CloudEvents on request', async () => {
    await bindQueue('#');
    const encoding = cloudEvents({ source: 'https://app.example.com', typePrefix: 'com.example.' });
    const app = await relay({ encoding });
    const [id] = await outbox.append(randomUUID());
    await until(() => received.length === 1 && app.events.length === 1);
    expect(received[0]!.properties['contentType']).toBe('application/cloudevents+json');
    expect(JSON.parse(received[0]!.content.toString())).toMatchObject({
      ...{ specversion: '1.0', id, source: 'https://app.example.com' },
      ...{ type: 'com.example.connection.created', data: { id } },
    });
  });

  it('should all arrive, in the order of their connection, when the connection to the broker is cut', async () => {
    await bindQueue('#');
    const keys = Array.from({ length: 8 }, () => randomUUID());
    const ids = await outbox.append(...Array.from({ length: 10 }, () => keys).flat());
    // Each cut may count a try of an event that was not confirmed, where the broker confirmed others of the same moment.
    await relay({}, 3);
    await until(() => received.length >= 20);
    await host.cut();
    await until(() => received.length >= 40);
    await host.cut();
    await until(() => new Set(idsOf(received)).size === ids.length);
    const first = [...new Set(idsOf(received))];
    for (const key of keys.keys()) {
      const own = ids.filter((_, index) => index % keys.length === key);
      expect(first.filter((id) => own.includes(id as string))).toEqual(own);
    }
    await until(async () => (await outbox.keptOf(ids.at(-1)))?.status === 'delivered');
    for (const id of ids) expect((await outbox.keptOf(id))?.status).toBe('delivered');
  });

  it('should be refused where no queue is bound, and not be lost', async () => {
    const app = await relay({}, 1);
    const [id] = await outbox.append(randomUUID());
    await until(async () => (await outbox.keptOf(id))?.status === 'dead');
    expect(app.logger.lines.some((line) => line.includes('NO_ROUTE') && line.includes('Bind a queue'))).toBe(
      true,
    );
    expect(app.events.map((event: ConnectionEvent) => event.id)).not.toContain(id);
  });
});
