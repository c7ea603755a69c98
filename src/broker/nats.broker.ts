import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { NatsJetStreamPublisher, type JetStreamClient } from 'nestjs-powens-connections/brokers';
import type { HostBroker } from './broker.js';

/** Stream of the demo, and the beginning of its subjects. Without a stream that stores them, events are not accepted. */
const NAME = 'powens-connections';

/** Publishes to NATS JetStream. The client connects again by itself once it was connected. */
export function natsBroker(url: string): HostBroker {
  let connection: Promise<NatsConnection> | null = null;

  const open = async (): Promise<NatsConnection> => {
    const { username, password, host } = new URL(url);
    const opened = await connect({
      servers: host,
      ...(username === '' ? {} : { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
      maxReconnectAttempts: -1,
    });
    try {
      const manager = await jetstreamManager(opened);
      await manager.streams.add({ name: NAME, subjects: [`${NAME}.>`] });
      return opened;
    } catch (error) {
      await opened.close();
      throw error;
    }
  };

  const client: JetStreamClient = {
    publish: async (...message) => {
      connection ??= open().catch((error: unknown) => {
        connection = null;
        throw error;
      });
      return jetstream(await connection).publish(
        ...(message as Parameters<ReturnType<typeof jetstream>['publish']>),
      );
    },
  };

  return {
    publisher: new NatsJetStreamPublisher(client, { headers: () => headers() }),
    close: async () => {
      await (await connection?.catch(() => null))?.close();
    },
  };
}
