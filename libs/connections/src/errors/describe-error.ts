import { ConnectionsError } from './connections.error.js';

/**
 * Describes an error for a log line. Messages of this library name no secret; what anything else threw may hold one, and is
 * not repeated.
 *
 * @internal
 */
export function describeError(error: unknown): string {
  return error instanceof ConnectionsError ? error.message : 'unexpected error';
}
