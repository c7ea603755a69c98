import type { ConnectionsErrorCode } from '../../errors/index.js';
import type { OwnerLike } from '../../options/owner-resolver.interface.js';

/**
 * A token to take over, and whose it is.
 *
 * @public
 */
export interface ImportEntry {
  readonly owner: OwnerLike;
  /** The permanent access token, in the clear. */
  readonly token: string;
}

/**
 * How far an import is.
 *
 * @public
 */
export interface ImportProgress {
  /** Entries dealt with, whatever came of them. */
  readonly done: number;
  /** Entries in all, or null when they come out of an iterable that does not know. */
  readonly total: number | null;
  readonly failed: number;
}

/**
 * How to import.
 *
 * @public
 */
export interface ImportOptions {
  /** Called after each entry. What it throws ends the import. */
  readonly onProgress?: (progress: ImportProgress) => void;
  /**
   * Whether the tokens may be renewed by themselves when Powens no longer takes them, and after a crash. **A renewal
   * revokes every other token of the Powens user**: say so only when no other application uses these users.
   *
   * @defaultValue false
   * @see RL-09
   */
  readonly renewable?: boolean;
  /**
   * Tells the host's handlers `connection.created` of every connection imported.
   *
   * @defaultValue false
   */
  readonly emitEvents?: boolean;
  /**
   * Entries under way at once: 1 to 50. Each asks Powens twice.
   *
   * @defaultValue 4
   */
  readonly concurrency?: number;
}

/**
 * An entry that was not imported.
 *
 * @public
 */
export interface ImportFailure {
  /** Position of the entry, from 0. Its owner is not repeated here. */
  readonly index: number;
  /**
   * `powens_refused` (the token is dead), `owner_conflict` (the Powens user is another owner's here),
   * `owner_already_connected` (the owner has another Powens user here), `unauthenticated` (no usable owner),
   * `invalid_request` (no token), or what the database or Powens had.
   */
  readonly code: ConnectionsErrorCode;
}

/**
 * What an import did. Run it again for what failed: what is there already is left as it is.
 *
 * @public
 */
export interface ImportReport {
  /** Entries that changed something here: a new owner, another token, or connections not known yet. */
  readonly imported: number;
  /** Entries that were here already. */
  readonly unchanged: number;
  /** In the order of the entries. */
  readonly failed: readonly ImportFailure[];
}
