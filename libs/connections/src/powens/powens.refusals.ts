import { PowensApiError } from '../errors/powens-api.error.js';

/**
 * Maps a refusal to an error code of its own, where the operation defines its meaning. Decides by the status: Powens documents no
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
 * Runs a deletion. An answer that the resource is gone is not an error, once a read confirms it. Without that read, one wrong answer
 * would leave an orphan at Powens for good, since a resource that counts as gone is never requested again.
 *
 * @param gone - statuses of the deletion that mean that the resource does not exist
 * @param check - reads the resource
 * @param confirming - statuses of the read that mean the same
 * @throws PowensApiError `powens_response_invalid` when it still exists
 * @internal
 */
export async function deleting(
  deletion: Promise<void>,
  gone: readonly number[],
  { check, confirming }: { readonly check: () => Promise<unknown>; readonly confirming: readonly number[] },
): Promise<void> {
  const refusal = await refusalOf(deletion, gone);
  if (refusal !== null && (await refusalOf(check(), confirming)) === null) {
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

/** An intermediary may answer every request with 404: only an error code of Powens counts as its refusal. */
function isOwnRefusal({ failure }: PowensApiError, statuses: readonly number[]): boolean {
  return failure.powensCode !== null && statuses.includes(failure.status ?? 0);
}

/**
 * The error for a malformed id, for which no request is sent.
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
