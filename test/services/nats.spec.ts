import { randomUUID } from 'node:crypto';
import type { ConnectionEvent } from 'nestjs-powens-connections';
import { NatsJetStreamPublisher, type JetStreamClient } from 'nestjs-powens-connections/brokers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  clientOf,
  type JetStream,
  type Nats,
  type NatsConnection,
  type NatsMessage,
} from '../helpers/services/brokers.js';
import { connectedOwner } from '../helpers/flow/observe.js';
import { useRelayedOutbox, type RelayedOutbox, type TestOutbox } from '../helpers/flow/outbox.js';
import { until } from '../helpers/until.js';

const { postgresql, nats: url } = inject('services');

type Streams = Awaited<ReturnType<JetStream['jetstreamManager']>>['streams'];

describe.skipIf(postgresql === null || url === null)('events in a running NATS JetStream', () => {
  let outbox: TestOutbox;
  let startRelay: RelayedOutbox['relay'];
  let nats: Nats;
  let jetStream: JetStream;
  let observer: NatsConnection;
  let streams: Streams;
  let used: NatsConnection;
  let stream: string;

  useRelayedOutbox((opened) => {
    ({ outbox, relay: startRelay } = opened);
  });

  const connect = async (): Promise<NatsConnection> => nats.connect({ servers: url! });

  beforeAll(async () => {
    nats = await clientOf<Nats>('@nats-io/transport-node');
    jetStream = await clientOf<JetStream>('@nats-io/jetstream');
    observer = await connect();
    ({ streams } = await jetStream.jetstreamManager(observer));
  });

  beforeEach(async () => {
    used = await connect();
    stream = `test-${randomUUID()}`;
    await streams.add({ name: stream, subjects: [`${stream}.>`], storage: 'memory' });
  });

  afterEach(async () => {
    await used.close();
    await streams.delete(stream).catch(() => undefined);
  });

  afterAll(async () => {
    await observer.close();
  });

  /** Uses the connection that there is, as an application does that connects again. */
  const client: JetStreamClient = {
    publish: async (...message) => jetStream.jetstream(used, { timeout: 2000 }).publish(...message),
  };

  const publisher = (): NatsJetStreamPublisher =>
    new NatsJetStreamPublisher(client, {
      subject: ({ type }) => `${stream}.${type}`,
      headers: () => nats.headers(),
    });

  const relay = async (maxTries = 20) =>
    startRelay({
      options: { events: { publisher: publisher() }, outbox: { pollIntervalMs: 50, maxTries } },
    });

  const stored = async (): Promise<number> => (await streams.info(stream)).state.messages;

  async function messages(): Promise<NatsMessage[]> {
    const all: NatsMessage[] = [];
    for (let seq = 1; seq <= (await stored()); seq += 1) all.push(await streams.getMessage(stream, { seq }));
    return all;
  }

  it('should hold the event of a connected bank, under its id', async () => {
    const app = await relay();
    await connectedOwner(app, 'ann');
    await until(() => app.events.length > 0);
    const [message] = await messages();
    const [event] = app.events;
    expect(message!.json()).toEqual(event);
    expect(message!.subject).toBe(`${stream}.connection.created`);
    expect(message!.header.get('Nats-Msg-Id')).toBe(event!.id);
    expect(message!.header.get('Content-Type')).toBe('application/json');
  });

  it('should be stored once when it is published twice', async () => {
    const event = { id: randomUUID(), type: 'connection.created' } as unknown as ConnectionEvent;
    await publisher().publish(event);
    await publisher().publish(event);
    expect(await stored()).toBe(1);
  });

  it('should all arrive, once and in the order of their connection, when the connection to the broker is cut', async () => {
    const keys = Array.from({ length: 8 }, () => randomUUID());
    const ids = await outbox.append(...Array.from({ length: 10 }, () => keys).flat());
    const app = await relay(1);
    await until(async () => (await stored()) >= 20);
    await used.close();
    await until(() => app.logger.lines.some((line) => line.includes('publisher is unavailable')));
    used = await connect();
    await until(async () => (await stored()) >= ids.length);
    const arrived = (await messages()).map(({ header }) => header.get('Nats-Msg-Id'));
    expect([...arrived].sort()).toEqual([...ids].sort());
    for (const key of keys.keys()) {
      const own = ids.filter((_, index) => index % keys.length === key);
      expect(arrived.filter((id) => own.includes(id))).toEqual(own);
    }
  });

  it('should wait while no stream stores them, and not become dead letters', async () => {
    await streams.delete(stream);
    const app = await relay(1);
    const [id] = await outbox.append(randomUUID());
    await until(() => app.logger.lines.some((line) => line.includes('publisher is unavailable')));
    await streams.add({ name: stream, subjects: [`${stream}.>`], storage: 'memory' });
    await until(async () => (await outbox.keptOf(id))?.status === 'delivered');
    expect(await outbox.keptOf(id)).toEqual({ status: 'delivered', deliveries: 1 });
  });
});
