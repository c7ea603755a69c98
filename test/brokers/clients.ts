import { setTimeout as sleep } from 'node:timers/promises';
import { jetstream, type JetStreamClient } from '@nats-io/jetstream';
import { connect as connectNats, type NatsConnection } from '@nats-io/transport-node';
import { connect as connectAmqp, type ChannelModel, type ConfirmChannel } from 'amqplib';

/** The part of an application that connects to RabbitMQ, and connects again. */
export class RabbitMqHost {
  #connection: Promise<ChannelModel> | undefined;

  constructor(private readonly url: string) {}

  readonly openChannel = async (): Promise<ConfirmChannel> => {
    this.#connection ??= this.connect().catch((error: unknown) => {
      this.#connection = undefined;
      throw error;
    });
    return (await this.#connection).createConfirmChannel();
  };

  private async connect(): Promise<ChannelModel> {
    const connection = await connectAmqp(this.url);
    connection.on('error', () => undefined);
    connection.on('close', () => {
      this.#connection = undefined;
    });
    return connection;
  }
}

/** A connection to NATS that connects again for as long as the process lives. */
export async function openNats(url: string): Promise<NatsConnection> {
  for (;;) {
    try {
      return await connectNats({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 200 });
    } catch {
      // The server starts.
      await sleep(100);
    }
  }
}

export function jetStreamOf(connection: NatsConnection): JetStreamClient {
  return jetstream(connection, { timeout: 5000 });
}
