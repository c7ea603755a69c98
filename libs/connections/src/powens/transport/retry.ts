import type { ConnectionsError } from '../../errors/connections.error.js';
import { PowensApiError } from '../../errors/powens-api.error.js';

const MAX_TRIES = 3;
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 2_000;

/**
 * Decides whether a call is tried again, and after how many milliseconds. A `Retry-After` is waited in full;
 * otherwise full jitter, so that many replicas do not retry at the same moment.
 *
 * @param tries - how often the call was tried already
 * @returns null when it is not tried again
 * @see RL-05, RL-06, RL-16
 * @internal
 */
export function pauseBeforeNextTry(
  idempotent: boolean,
  error: ConnectionsError,
  tries: number,
  random: () => number,
): number | null {
  if (tries >= MAX_TRIES || !mayBeSentAgain(idempotent, error)) {
    return null;
  }
  const jitter = random() * Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1));
  return (error.retryAfterSeconds ?? 0) * 1_000 + jitter;
}

function mayBeSentAgain(idempotent: boolean, error: ConnectionsError): boolean {
  switch (error.code) {
    case 'powens_unreachable':
      return true;
    case 'powens_timeout':
    case 'powens_failed':
      return idempotent;
    default:
      return false;
  }
}

/**
 * Whether Powens may have processed a try that failed.
 *
 * @internal
 */
export function isDoubtful(error: ConnectionsError): boolean {
  return error instanceof PowensApiError && error.failure.processed === 'unknown';
}

/**
 * The error of the last try says what became of that one. When an earlier one may have been processed, so may the call.
 *
 * @internal
 */
export function withDoubt(error: ConnectionsError, doubt: boolean): ConnectionsError {
  if (!doubt || !(error instanceof PowensApiError) || error.failure.processed === 'unknown') {
    return error;
  }
  const code = error.code === 'powens_unreachable' ? 'powens_timeout' : 'powens_refused';
  const { retryAfterSeconds } = error;
  return new PowensApiError(
    code,
    { ...error.failure, processed: 'unknown' },
    retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
  );
}
