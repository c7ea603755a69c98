import { AckPolicy, jetstreamManager } from '@nats-io/jetstream';
import { jetStreamOf, openNats, RabbitMqHost } from './clients.js';
import { NAME, type BrokerName } from './settings.js';

/** A message as the broker stored it. */
export interface Stored {
  readonly id: string;
  readonly connectionId: string;
  readonly sequence: number;
}

/** Keeps every message that the broker accepted, in its order, repeats included. */
export interface Witness {
  all(): Promise<Stored[]>;
}

const WITNESS = 'witness';

/** Declares what events are published to and read from, before anything is published. */
export async function prepare(broker: BrokerName, url: string): Promise<Witness> {
  return broker === 'rabbitmq' ? rabbitWitness(url) : natsWitness(url);
}

async function rabbitWitness(url: string): Promise<Witness> {
  const channel = await new RabbitMqHost(url).openChannel();
  await channel.assertExchange(NAME, 'topic', { durable: true });
  // Before the consumer declares its own: an event without a queue is refused.
  const queueArguments = { 'x-queue-type': 'quorum', 'x-single-active-consumer': true };
  await channel.assertQueue(NAME, { durable: true, arguments: queueArguments });
  await channel.assertQueue(WITNESS, { durable: true });
  for (const queue of [NAME, WITNESS]) await channel.bindQueue(queue, NAME, '#');
  await channel.close();
  return {
    all: async () => {
      const reader = await new RabbitMqHost(url).openChannel();
      const found: Stored[] = [];
      for (;;) {
        const message = await reader.get(WITNESS, { noAck: true });
        if (message === false) return found;
        found.push(storedOf(message.content));
      }
    },
  };
}

async function natsWitness(url: string): Promise<Witness> {
  const manager = await jetstreamManager(await openNats(url), { timeout: 10_000 });
  await manager.streams.add({ name: NAME, subjects: [`${NAME}.>`] });
  // One at a time: what a killed process held is delivered before what follows it.
  const pending = { ack_policy: AckPolicy.Explicit, ack_wait: 2e9, max_ack_pending: 1 };
  await manager.consumers.add(NAME, { durable_name: NAME, ...pending });
  return {
    all: async () => {
      const consumer = await jetStreamOf(await openNats(url)).consumers.get(NAME);
      const { num_pending: count } = await consumer.info();
      const found: Stored[] = [];
      if (count === 0) return found;
      for await (const message of await consumer.consume()) {
        found.push(storedOf(message.data));
        if (message.info.pending === 0) break;
      }
      return found;
    },
  };
}

function storedOf(body: Uint8Array): Stored {
  const { id, connectionId, data } = JSON.parse(Buffer.from(body).toString()) as {
    id: string;
    connectionId: string;
    data: { sequence: number };
  };
  return { id, connectionId, sequence: data.sequence };
}
