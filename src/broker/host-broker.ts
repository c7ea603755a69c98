import type { HostBroker } from './broker.js';

/**
 * Makes the publisher for `BROKER_URL`. Connects with the first event: a broker that is away delays events, not the start.
 *
 * @throws Error when the client of that broker is not installed
 */
export async function openBroker(url: string): Promise<HostBroker> {
  if (url.startsWith('nats:')) {
    const { natsBroker } = await withDriver(
      '@nats-io/transport-node and @nats-io/jetstream',
      async () => import('./nats.broker.js'),
    );
    return natsBroker(url);
  }
  const { rabbitMqBroker } = await withDriver('amqplib', async () => import('./rabbitmq.broker.js'));
  return rabbitMqBroker(url);
}

/** Names what to install, since the clients are no dependencies of the demo. */
export async function withDriver<T>(names: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') {
      const missing = `BROKER_URL needs ${names}: run \`npm install ${names.replace(' and ', ' ')}\`.`;
      throw new Error(missing, { cause: error });
    }
    throw error;
  }
}
