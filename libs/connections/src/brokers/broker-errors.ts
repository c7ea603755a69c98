import { EventPublisherError } from '../errors/index.js';

/**
 * Makes the error of a broker that does not take events. Holds the message of its client, and not the client's own error,
 * which may hold the credentials of the connection.
 */
export function unavailable(broker: string, error: unknown): EventPublisherError {
  return new EventPublisherError(
    'publisher_unavailable',
    `${broker} did not take an event: ${messageOf(error)}`,
  );
}

/** Makes the error of a broker that does not take this event. */
export function refused(broker: string, reason: string): EventPublisherError {
  return new EventPublisherError('publisher_refused', `${broker} refused an event: ${reason}`);
}

/** Runs a call to a broker; what it throws means that the broker is unavailable. */
export async function asking<T>(broker: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof EventPublisherError ? error : unavailable(broker, error);
  }
}

/** The message of a client's error, without the credentials of a URL in it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return 'no reason given';
  }
  // Node gives an empty message where it tried several addresses.
  const text = error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : error.message;
  return withoutCredentials(`${error.name}: ${text}`);
}

/** Clients quote the URL that they connect to. */
function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/@\s]*@/g, '//');
}
