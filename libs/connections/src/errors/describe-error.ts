import { ConnectionsError } from './connections.error.js';

/**
 * Describes an error for a log line. Messages of this library contain no secret; the message of any other error may, and is
 * not repeated.
 *
 * @internal
 */
export function describeError(error: unknown): string {
  return error instanceof ConnectionsError ? error.message : 'unexpected error';
}
