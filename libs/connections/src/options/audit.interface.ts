import type { ConnectionsErrorCode } from '../errors/index.js';

/**
 * One act on what belongs to an owner: a use of the access token, or a change of a connection, of the token or of the owner.
 * Names who did it, to what, and how it ended. Never holds the token, an id of a bank account, or anything that came back.
 *
 * @public
 */
export interface AuditEntry {
  /** When it ended, ISO 8601 in UTC, by this process' clock. */
  readonly at: string;
  readonly ownerId: string;
  /** Tenant of the owner; empty where the host has none. */
  readonly tenant: string;
  /** Who acted for the owner, as the owner resolver or the caller named them (`Owner.actor`); null where nobody was named. */
  readonly actor: string | null;
  /**
   * What made the process do it: `application` for a request of the owner or a call of the host; `background` for what the
   * library does by itself, as the end of an interrupted change, a renewal after Powens refused a token, or a comparison.
   */
  readonly initiator: 'application' | 'background';
  /**
   * What was done: the Powens operation of a read, as `GET /users/me/accounts`; the purpose given to `withToken`; or one of
   * `connection.sync`, `connection.delete`, `connection.confirm`, `connection.set_metadata`, `owner.erase`, `owner.forget` (here only: gone at Powens), `token.renew`,
   * `token.revoke`, `token.import`.
   */
  readonly operation: string;
  /** The id of the connection that was changed; null where the act is not about one, or what was given is no id. */
  readonly connectionId: string | null;
  /** `ok`, or the code of the error; `internal_error` for one that is not of this library. */
  readonly outcome: 'ok' | ConnectionsErrorCode;
}

/**
 * Records an act. It is not waited for, and what it throws is logged: an audit that is down must not take the application
 * with it.
 *
 * @public
 */
export type AuditHook = (entry: AuditEntry) => void | Promise<void>;
