import type { ConnectionsErrorCode } from './error-codes.js';

/**
 * Additional properties of an error.
 *
 * @public
 */
export interface ConnectionsErrorOptions {
  /** The cause; never an HTTP client's or driver's own error, which carry secrets. */
  cause?: unknown;
  /** Seconds after which the same request may succeed. */
  retryAfterSeconds?: number;
}

/**
 * The base class of every error this library throws. Decide on {@link ConnectionsError.code}, never on the message.
 *
 * @public
 */
export class ConnectionsError extends Error {
  /** Stable code out of the closed union. */
  readonly code: ConnectionsErrorCode;

  /** Seconds after which the same request may succeed, when known. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ConnectionsErrorCode, message: string, options: ConnectionsErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/**
 * Makes the error of a Powens user, or a connection of it, that another owner has.
 *
 * @internal
 */
export function ownerConflict(): ConnectionsError {
  return new ConnectionsError(
    'owner_conflict',
    'This Powens user, or a connection of it, belongs to another owner of the application.',
  );
}
