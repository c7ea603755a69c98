import { ConnectionsError } from './connections.error.js';

/**
 * The database refused a statement or could not be reached. Holds neither the statement nor its parameters, and not
 * the driver's own error, which quotes values (TC-15).
 *
 * @public
 */
export class StorageError extends ConnectionsError {
  /**
   * @param sqlState - five-character SQLSTATE, or the driver's code when the link failed, or null
   * @param constraint - name of the constraint that refused the row, or null
   */
  constructor(
    readonly sqlState: string | null,
    readonly constraint: string | null,
  ) {
    const what = constraint === null ? '' : ` by constraint "${constraint}"`;
    super('storage_failed', `The database refused or lost a statement${what} (${sqlState ?? 'no code'}).`);
  }

  /** Whether a unique key whose name ends in `name` (an entity prefix may stand before it) refused the row. */
  violates(name: string): boolean {
    return this.sqlState === '23505' && (this.constraint?.endsWith(name) ?? false);
  }

  /** Whether the link broke or the server is away: class 08, 53 or 57, a code of Node's own, or no code at all. */
  get linkLost(): boolean {
    return this.sqlState === null || /^(08|53|57|E[A-Z]{4,}$)/.test(this.sqlState);
  }

  /** Whether running the same transaction again may succeed: deadlock, serialisation failure, lock timeout (RL-33). */
  get transient(): boolean {
    return this.sqlState === '40001' || this.sqlState === '40P01' || this.sqlState === '55P03';
  }
}
