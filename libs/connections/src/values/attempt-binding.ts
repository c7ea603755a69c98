import type { Owner } from './owner.js';

/**
 * The owner of an attempt and what it may create: fixed when it is issued. Its later status is not part of the binding.
 *
 * @internal
 */
export interface AttemptBinding {
  readonly id: string;
  /** Option `instance`. */
  readonly instance: string;
  readonly owner: Owner;
  readonly flow: string;
  readonly expectsCode: boolean;
  readonly redirectUri: string;
  readonly returnTo: string | null;
  /** The connection to reconnect. */
  readonly connectionId: string | null;
  /** JSON, as the column keeps it. */
  readonly metadata: string | null;
  /** SHA-256 of the state. */
  readonly stateHash: Buffer;
  /** SHA-256 of the browser's binding. */
  readonly bindingHash: Buffer;
}

/**
 * A row of an attempt as it was read, with the authenticator that was made when it was issued.
 *
 * @internal
 */
export interface BoundAttempt {
  readonly binding: AttemptBinding;
  readonly authenticator: string | null;
}

/**
 * Authenticates attempts when they are issued. Implemented by token custody, which holds the keys.
 *
 * @internal
 */
export interface AttemptAuthenticator {
  /** Makes the authenticator that the row keeps. */
  authenticate(binding: AttemptBinding): string;
}
