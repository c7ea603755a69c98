import { connect, type ChannelModel } from 'amqplib';
import { RabbitMqPublisher, type RabbitMqChannel } from 'nestjs-powens-connections/brokers';
import type { HostBroker } from './broker.js';

/** Exchange and queue of the demo. Without a queue that is bound, RabbitMQ would return the events. */
const NAME = 'powens-connections';

/** Publishes to RabbitMQ; connects again after a loss. */
export function rabbitMqBroker(url: string): HostBroker {
  let connection: Promise<ChannelModel> | null = null;

  const open = async (): Promise<ChannelModel> => {
    const opened = await connect(url);
    opened.on('error', () => undefined);
    opened.on('close', () => (connection = null));
    return opened;
  };

  const openChannel = async (): Promise<RabbitMqChannel> => {
    connection ??= open().catch((error: unknown) => {
      connection = null;
      throw error;
    });
    const channel = await (await connection).createConfirmChannel();
    await channel.assertExchange(NAME, 'topic', { durable: true });
    await channel.assertQueue(NAME, { durable: true });
    await channel.bindQueue(NAME, NAME, '#');
    return channel;
  };

  return {
    publisher: new RabbitMqPublisher(openChannel, { exchange: NAME }),
    close: async () => {
      await (await connection?.catch(() => null))?.close().catch(() => undefined);
    },
  };
}
