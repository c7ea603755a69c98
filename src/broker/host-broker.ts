import type { HostBroker } from './broker.js';

/**
 * Makes the publisher for `BROKER_URL`. Connects with the first event: a broker that is away delays events, not the start. The client of
 * the broker is loaded here, so that a start without one does not pay for it.
 */
export async function openBroker(url: string): Promise<HostBroker> {
  if (url.startsWith('nats:')) {
    const { natsBroker } = await import('./nats.broker.js');
    return natsBroker(url);
  }
  const { rabbitMqBroker } = await import('./rabbitmq.broker.js');
  return rabbitMqBroker(url);
}
