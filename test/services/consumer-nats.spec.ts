import { randomUUID } from 'node:crypto';
import type { JetStreamClient } from 'nestjs-powens-connections/brokers';
import {
  NatsJetStreamEventSource,
  type EventSubscription,
  type JetStreamConsumer,
  type NatsJetStreamEventSourceOptions,
  type ReceivedMessage,
} from 'nestjs-powens-connections/consumer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { clientOf, type Nats, type NatsConnection } from '../helpers/services/brokers.js';
import { until } from '../helpers/until.js';

const { nats: url } = inject('services');

interface Manager {
  streams: {
    add(stream: object): Promise<unknown>;
    delete(name: string): Promise<unknown>;
    getMessage(name: string, query: object): Promise<{ json(): unknown }>;
  };
  consumers: {
    add(stream: string, consumer: object): Promise<unknown>;
    info(stream: string, name: string): Promise<{ num_ack_pending: number; num_redelivered: number }>;
  };
}

interface JetStreamPackage {
  jetstream(
    connection: NatsConnection,
  ): JetStreamClient & { consumers: { get(stream: string, name: string): Promise<JetStreamConsumer> } };
  jetstreamManager(connection: NatsConnection): Promise<Manager>;
}

describe.skipIf(url === null)('NatsJetStreamEventSource with a running NATS JetStream', () => {
  let nats: Nats;
  let jetStream: JetStreamPackage;
  let observer: NatsConnection;
  let manager: Manager;
  let used: NatsConnection;
  let stream: string;
  let subscription: EventSubscription | undefined;
  let received: ReceivedMessage[];
  let settle: () => void;

  beforeAll(async () => {
    nats = await clientOf<Nats>('@nats-io/transport-node');
    jetStream = await clientOf<JetStreamPackage>('@nats-io/jetstream');
    observer = await nats.connect({ servers: url! });
    manager = await jetStream.jetstreamManager(observer);
  });

  beforeEach(async () => {
    used = await nats.connect({ servers: url! });
    stream = `test-${randomUUID()}`;
    received = [];
    await manager.streams.add({ name: stream, subjects: [`${stream}.>`], storage: 'memory' });
  });

  afterEach(async () => {
    settle();
    await subscription?.close();
    await used.close();
    await manager.streams.delete(stream);
  });

  afterAll(async () => {
    await observer.close();
  });

  async function open(
    consumer: object = {},
    options: Partial<NatsJetStreamEventSourceOptions> = {},
  ): Promise<void> {
    const filter = { durable_name: 'test', ack_policy: 'explicit', filter_subject: `${stream}.event` };
    await manager.consumers.add(stream, { ...filter, ...consumer });
    const settled = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const source = new NatsJetStreamEventSource(
      async () => jetStream.jetstream(used).consumers.get(stream, 'test'),
      { consumer: 'test', ...options },
    );
    subscription = await source.open(async (message) => {
      received.push(message);
      return settled;
    }, 10);
  }

  const send = async (body: string): Promise<unknown> =>
    jetStream.jetstream(observer).publish(`${stream}.event`, Buffer.from(body));

  const infoOf = async () => manager.consumers.info(stream, 'test');

  it('should publish a message that is put aside, and not deliver it again', async () => {
    const deadLetter = { client: jetStream.jetstream(observer), subject: `${stream}.dead` };
    await open({}, { deadLetter });
    await send('{"id":1}');
    await until(() => received.length === 1);
    await received[0]!.deadLetter('no event');
    const aside = await manager.streams.getMessage(stream, { last_by_subj: `${stream}.dead` });
    expect(aside.json()).toEqual({ id: 1 });
    await until(async () => (await infoOf()).num_ack_pending === 0);
  });

  it('should deliver a released message again, and forget an acknowledged one', async () => {
    await open();
    await send('{}');
    await until(() => received.length === 1);
    received[0]!.release();
    await until(() => received.length === 2);
    expect(received.map(({ redelivered }) => redelivered)).toEqual([false, true]);
    received[1]!.acknowledge();
    await until(async () => (await infoOf()).num_ack_pending === 0);
  });

  it('should hold a message for longer than the ack_wait of its consumer', async () => {
    await open({ ack_wait: 500e6 });
    await send('{}');
    const startedAt = performance.now();
    await until(() => performance.now() - startedAt > 1500 && received.length > 0);
    expect(await infoOf()).toMatchObject({ num_ack_pending: 1, num_redelivered: 0 });
    expect(received).toHaveLength(1);
  });

  it('should end when the connection closes', async () => {
    await open();
    await used.close();
    await subscription!.ended;
  });

  it('should refuse a consumer that acknowledges by itself', async () => {
    await expect(open({ ack_policy: 'none' })).rejects.toThrow('ack_policy "none"');
  });
});
