import type { ConnectionsErrorCode } from '../errors/index.js';

/**
 * One use of an owner's access token: who used it, for what, and how it ended. Never holds the token, an id of a bank
 * account, or anything that came back.
 *
 * @public
 */
export interface TokenUse {
  /** When it ended, ISO 8601 in UTC, by this process' clock. */
  readonly at: string;
  readonly ownerId: string;
  /** Tenant of the owner; empty where the host has none. */
  readonly tenant: string;
  /** The Powens operation, as `GET /users/me/accounts`, or the purpose given to `withToken`. */
  readonly operation: string;
  /** `ok`, or the code of the error; `internal_error` for one that is not of this library. */
  readonly outcome: 'ok' | ConnectionsErrorCode;
}

/**
 * Records a use of a token. It is not waited for, and what it throws is logged: an audit that is down must not take
 * the application with it.
 *
 * @public
 */
export type TokenAuditHook = (use: TokenUse) => void | Promise<void>;
