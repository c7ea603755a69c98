/**
 * The data of a `user.deleted` event.
 *
 * @public
 */
export interface UserDeletedData {
  /** `gone_at_powens`: Powens does not find the user any more; absent when the application erased the owner. */
  readonly reason?: 'gone_at_powens';
}

/**
 * The data of an `attempt.failed` event.
 *
 * @public
 */
export interface AttemptFailedData {
  /** `connect`, `reconnect` or `manage`. */
  readonly flow: string;
  /** `denied`, `failed` or `unknown`. */
  readonly status: string;
  /** Stable code, one of `CONNECTIONS_ERROR_CODES`. */
  readonly error: string;
}
