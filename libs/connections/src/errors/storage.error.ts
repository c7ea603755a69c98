import { ConnectionsError } from './connections.error.js';

/** Deadlock, serialisation failure, lock timeout, cancelled statement (also by its timeout), too many sessions. */
const CONTENDED = ['40P01', '40001', '55P03', '57014', '53300'];

/** In place of a SQLSTATE: the pool had no free session in time. */
export const NO_SESSION = 'NO_SESSION';

/** SQLSTATE of a write in a session that may only read: the server is, or was, a standby. */
const READ_ONLY = '25006';

/**
 * The database refused a statement or could not be reached. Holds neither the statement nor its parameters, and not
 * the driver's own error, which quotes values.
 *
 * @public
 */
export class StorageError extends ConnectionsError {
  /**
   * `refused`: the statement had no effect, since the server rejected it or never received it. `unknown`: the link broke
   * while it ran, and it may be durable.
   */
  readonly outcome: 'refused' | 'unknown';

  /**
   * @param sqlState - five-character SQLSTATE; the driver's code when the link failed; `NO_SESSION` when the pool had none; or null
   * @param constraint - name of the constraint that refused the row, or null
   * @param details - `outcome`, where it is known; `message`, in place of the usual one
   */
  constructor(
    readonly sqlState: string | null,
    readonly constraint: string | null,
    details: { readonly outcome?: 'refused' | 'unknown'; readonly message?: string } = {},
  ) {
    const what = constraint === null ? '' : ` by constraint "${constraint}"`;
    super(
      'storage_failed',
      details.message ?? `The database refused or lost a statement${what} (${sqlState ?? 'no code'}).`,
    );
    this.outcome = details.outcome ?? (this.linkLost ? 'unknown' : 'refused');
  }

  /** Whether a unique key whose name ends in `name` (an entity prefix may stand before it) refused the row. */
  violates(name: string): boolean {
    return this.sqlState === '23505' && (this.constraint?.endsWith(name) ?? false);
  }

  /**
   * Whether the connection broke or the server is unavailable: class 08, 57P01 to 57P05 (shutdown, crash, starting up), class 53
   * (out of disk, memory or sessions), no free session in the pool, a code of Node's own, or no code at all.
   */
  get linkLost(): boolean {
    return this.sqlState === null || /^(08|53|57P|E[A-Z]{2,}[A-Z_]*$|NO_SESSION$)/.test(this.sqlState);
  }

  /** Whether the session may only read: after a failover, until it is replaced by one to the new primary. */
  get readOnly(): boolean {
    return this.sqlState === READ_ONLY;
  }

  /**
   * Whether running the same transaction again may succeed: deadlock, serialisation failure, lock timeout, statement
   * timeout, too many sessions, a session that may only read. The server rejected it: nothing was written.
   */
  get transient(): boolean {
    return this.sqlState !== null && (CONTENDED.includes(this.sqlState) || this.readOnly);
  }
}
