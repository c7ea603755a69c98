import { ConnectionsError, type ConnectionsErrorOptions } from './connections.error.js';
import type { ConnectionsErrorCode } from './error-codes.js';

/**
 * Details of a failed call to Powens. Holds no header, no body and no URL with parameters.
 *
 * @public
 */
export interface PowensFailure {
  /** The Powens operation, as `POST /auth/token/access`. */
  operation: string;
  /** HTTP status, or null when there was no answer. */
  status: number | null;
  /** Powens' own error code, as `wrongpass`, or null. */
  powensCode: string | null;
  /** Powens' technical description: at most 200 characters, control characters removed; null when there is none. */
  description: string | null;
  /** Powens' request id, to quote to its support; null when there is none. */
  requestId: string | null;
  /**
   * Whether Powens processed the request: `no` when it certainly did not (refused connection, 4xx), `unknown` after a
   * timeout, a cut link or a 5xx. Only a `no` may be sent again when the call is not idempotent.
   */
  processed: 'no' | 'unknown';
}

/**
 * A call to Powens failed.
 *
 * @public
 */
export class PowensApiError extends ConnectionsError {
  constructor(
    code: Extract<
      ConnectionsErrorCode,
      `powens_${string}` | 'code_refused' | 'connection_not_found' | 'credentials_refused'
    >,
    readonly failure: PowensFailure,
    options: ConnectionsErrorOptions = {},
  ) {
    super(code, describe(code, failure), options);
  }
}

function describe(code: string, failure: PowensFailure): string {
  const status = failure.status === null ? 'no answer' : `status ${failure.status}`;
  const words = [failure.powensCode, failure.description].filter((word) => word !== null).join(': ');
  const request = failure.requestId === null ? '' : ` (Powens request ${failure.requestId})`;
  return `${failure.operation}: ${code}, ${status}${words === '' ? '' : `, ${words}`}${request}`;
}
