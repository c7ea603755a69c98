import type { ConnectionsErrorCode } from '../../errors/index.js';
import type { OwnerLike } from '../../options/owner-resolver.interface.js';

/**
 * A token to import, and its owner.
 *
 * @public
 */
export interface ImportEntry {
  readonly owner: OwnerLike;
  /** The permanent access token, unencrypted. */
  readonly token: string;
}

/**
 * Progress of an import.
 *
 * @public
 */
export interface ImportProgress {
  /** Entries that have ended, successful or not. */
  readonly done: number;
  /** Number of all entries, or null for an iterable of unknown length. */
  readonly total: number | null;
  readonly failed: number;
}

/**
 * Options of an import.
 *
 * @public
 */
export interface ImportOptions {
  /** Called after each entry. An error that it throws ends the import. */
  readonly onProgress?: (progress: ImportProgress) => void;
  /**
   * Whether the tokens may be renewed automatically when Powens no longer accepts them, and after a crash. **A renewal
   * revokes every other token of the Powens user**: set it only when no other application uses these users.
   *
   * @defaultValue false
   */
  readonly renewable?: boolean;
  /**
   * Emits `connection.created` for every imported connection.
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
  /** Position of the entry, from 0. Its owner is not repeated here, since an id may be personal data. */
  readonly index: number;
  /**
   * `powens_refused` (the token is dead), `owner_conflict` (the Powens user belongs to another owner here),
   * `owner_already_connected` (the owner has another Powens user here), `unauthenticated` (no usable owner),
   * `invalid_request` (no token), or the code of a database or Powens error.
   */
  readonly code: ConnectionsErrorCode;
}

/**
 * Result of an import. Run the import again for the failed entries: stored ones stay unchanged.
 *
 * @public
 */
export interface ImportReport {
  /** Entries that changed something here: a new owner, another token, or new connections. */
  readonly imported: number;
  /** Entries that were stored already. */
  readonly unchanged: number;
  /** In the order of the entries. */
  readonly failed: readonly ImportFailure[];
}
