import { ConnectionsError } from './connections.error.js';

/**
 * The name of an error of the host's code, whose message may hold a secret.
 *
 * @internal
 */
export function errorNameOf(error: unknown): string {
  const name: unknown = error instanceof Error ? error.name : undefined;
  return typeof name === 'string' && /^\w{1,64}$/.test(name) ? name : 'something that is no Error';
}

/**
 * Describes an error for a log line. Messages of this library contain no secret; the message of any other error may, and is
 * not repeated.
 *
 * @internal
 */
export function describeError(error: unknown): string {
  return error instanceof ConnectionsError ? error.message : 'unexpected error';
}
