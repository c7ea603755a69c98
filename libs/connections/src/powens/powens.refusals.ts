import { PowensApiError } from '../errors/powens-api.error.js';

/**
 * Gives a refusal its own name where the operation tells what it means. Branches on the status: Powens documents no
 * error code for it.
 *
 * @internal
 */
export async function naming<T>(
  code: 'code_refused' | 'connection_not_found' | 'powens_user_not_found',
  statuses: readonly number[],
  call: Promise<T>,
): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (
      error instanceof PowensApiError &&
      error.code === 'powens_refused' &&
      // What stands in between may answer 404 to everything: that something is not there is for Powens alone to say.
      (code === 'code_refused' || error.failure.powensCode !== null) &&
      statuses.includes(error.failure.status ?? 0)
    ) {
      throw new PowensApiError(code, error.failure);
    }
    throw error;
  }
}

/**
 * The error for an id that cannot be one: nothing is asked.
 *
 * @internal
 */
export function noSuchConnection(operation: string): PowensApiError {
  return new PowensApiError('connection_not_found', {
    operation,
    status: null,
    powensCode: null,
    description: null,
    requestId: null,
    processed: 'no',
  });
}
