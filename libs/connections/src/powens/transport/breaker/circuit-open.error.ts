/**
 * Calls that share a breaker. The exchange of a code has its own: failing reads do not prevent it, and nothing but failing
 * exchanges does.
 *
 * @internal
 */
export type OperationClass = 'reads' | 'writes' | 'exchanges';

/**
 * Thrown instead of sending a call while its breaker is open. Nothing was sent.
 *
 * @internal
 */
export class CircuitOpenError extends Error {
  constructor(
    readonly operations: OperationClass,
    /** Seconds until the next call is sent, at least 1. */
    readonly retryAfterSeconds: number,
  ) {
    super(`most ${operations} failed, none is sent for now`);
  }
}
