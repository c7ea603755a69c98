import type { ConnectionsErrorCode } from '../errors/index.js';

/**
 * One audited operation of an owner: a use of the access token, or a change of a connection, of the token, of the owner or of a share link.
 * Names the actor, the object and the outcome. Never holds the token, an id of a bank account, or anything of the response.
 *
 * @public
 */
export interface AuditEntry {
  /** When it ended, ISO 8601 in UTC, by this process' clock. */
  readonly at: string;
  /** Name of the registration: option `instance`. */
  readonly instance: string;
  readonly ownerId: string;
  /** Tenant of the owner; empty where the host has none. */
  readonly tenant: string;
  /** Who acted for the owner, as named by the owner resolver or the caller (`Owner.actor`); null when none was named. */
  readonly actor: string | null;
  /**
   * What started the operation: `application` for a request of the owner or a call of the host; `background` for the library's
   * own work, such as the end of an interrupted change, a renewal after Powens refused a token, or a comparison.
   */
  readonly initiator: 'application' | 'background';
  /**
   * What was done: the Powens operation of a read, as `GET /users/me/accounts`; the purpose given to `withToken`; or one of
   * `connection.connect`, `connection.reconnect`, `connection.manage` (an attempt that ended), `connection.sync`, `connection.delete`, `connection.confirm`, `connection.set_metadata`, `owner.erase`, `owner.forget`
   * (deleted here only: missing at Powens), `token.renew`, `token.revoke`, `token.import`; of share links `link.create`, `link.open`,
   * `link.revoke`.
   */
  readonly operation: string;
  /** The id of the connection that was changed; null when the operation concerns none, or the given value is not an id. */
  readonly connectionId: string | null;
  /** `ok`, or the code of the error; `internal_error` for one that is not of this library. */
  readonly outcome: 'ok' | ConnectionsErrorCode;
}

/**
 * Records an operation. It is not awaited, and an error that it throws is logged: a failing audit must not stop the
 * application.
 *
 * @public
 */
export type AuditHook = (entry: AuditEntry) => void | Promise<void>;
