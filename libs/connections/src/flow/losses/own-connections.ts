import { PowensApiError } from '../../errors/index.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';

/**
 * Checks that connections belong to the Powens user of the request: an answer about another user is invalid, and none of it may be
 * shown to the owner, confirmed for them, or read as a sign that a connection is gone.
 *
 * @param powensUserId - the user whose token was sent
 * @throws PowensApiError `powens_response_invalid` when one of them names another user
 */
export function assertOwn<List extends readonly PowensConnection[]>(
  connections: List,
  powensUserId: string,
): List {
  if (connections.some(({ userId }) => userId !== null && userId !== powensUserId)) {
    throw anotherUser('GET /users/me/connections');
  }
  return connections;
}

/** The error for an answer about another Powens user than that of the request. */
export function anotherUser(operation: string): PowensApiError {
  return new PowensApiError('powens_response_invalid', {
    operation,
    status: 200,
    powensCode: null,
    description: 'it is about another Powens user',
    requestId: null,
    processed: 'unknown',
  });
}

/**
 * Whether Powens itself answered with one of these statuses. An answer without an error code of Powens comes from an
 * intermediary, which may answer every request with the same status.
 */
export function isOwnAnswer(error: unknown, statuses: readonly number[]): error is PowensApiError {
  return (
    error instanceof PowensApiError &&
    statuses.includes(error.failure.status ?? 0) &&
    error.failure.powensCode !== null
  );
}

/** Whether Powens itself answered that a connection does not exist. No request is sent for a malformed id. */
export function isConnectionNotFound(error: unknown): boolean {
  return (
    error instanceof PowensApiError &&
    error.code === 'connection_not_found' &&
    error.failure.powensCode !== null
  );
}
