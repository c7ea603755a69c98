import { PowensApiError } from '../errors/powens-api.error.js';

/**
 * Gives a refusal its own error code where the operation tells what it means. Decides by the status: Powens documents no
 * error code for it.
 *
 * @internal
 */
export async function mapRefusal<T>(
  code: 'code_refused' | 'connection_not_found' | 'powens_user_not_found',
  statuses: readonly number[],
  call: Promise<T>,
): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof PowensApiError && error.code === 'powens_refused' && isOwnRefusal(error, statuses)) {
      throw new PowensApiError(code, error.failure);
    }
    throw error;
  }
}

/**
 * Runs a deletion. What Powens calls gone is no failure, once a look at it agrees: what is believed to be gone is never asked
 * for again, and after one wrong answer it would stay there for good, with nobody who knows of it.
 *
 * @param gone - statuses of the deletion that mean: it is not there
 * @param look - asks for it
 * @param agreed - statuses of the look that mean the same
 * @throws PowensApiError `powens_response_invalid` when it is still there
 * @internal
 */
export async function deleting(
  deletion: Promise<void>,
  gone: readonly number[],
  { look, agreed }: { readonly look: () => Promise<unknown>; readonly agreed: readonly number[] },
): Promise<void> {
  const refusal = await refusalOf(deletion, gone);
  if (refusal !== null && (await refusalOf(look(), agreed)) === null) {
    const description = 'what it calls gone is still there';
    throw new PowensApiError('powens_response_invalid', {
      ...refusal.failure,
      description,
      processed: 'unknown',
    });
  }
}

/** @returns the refusal of Powens with one of these statuses, or null when there is none */
async function refusalOf(
  call: Promise<unknown>,
  statuses: readonly number[],
): Promise<PowensApiError | null> {
  try {
    await call;
    return null;
  } catch (error) {
    if (error instanceof PowensApiError && isOwnRefusal(error, statuses)) {
      return error;
    }
    throw error;
  }
}

/** What stands in between may answer 404 to everything: what is not there, or not taken, is for Powens alone to say. */
function isOwnRefusal({ failure }: PowensApiError, statuses: readonly number[]): boolean {
  return failure.powensCode !== null && statuses.includes(failure.status ?? 0);
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
