import { PowensApiError } from '../../errors/index.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';

/**
 * Makes sure that connections are those of the Powens user who was asked about: an answer about another one is no answer, and none
 * of it may be shown to our owner, confirmed for him, or taken for a sign that something is gone.
 *
 * @param powensUserId - whose token the question was asked with
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

/** The error for an answer about another Powens user than the one that was asked about. */
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
