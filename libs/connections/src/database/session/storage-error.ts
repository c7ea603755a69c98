import { StorageError } from '../../errors/index.js';

/** SQLSTATE of a statement for which the role of its session has no privilege. */
const NO_PRIVILEGE = '42501';

/**
 * Translates an error of the driver or of TypeORM. The original is dropped, not kept as `cause`: it quotes the
 * statement, its parameters and the values of the row (TC-15).
 *
 * @param outcome - where it is not derived from the error: a statement that was never sent is `refused`
 */
export function storageError(error: unknown, outcome?: StorageError['outcome']): StorageError {
  if (error instanceof StorageError) {
    return error;
  }
  const source = driverErrorOf(error);
  const sqlState = textOf(source, 'code');
  const known = outcome ?? (isRefusal(sqlState) ? 'refused' : 'unknown');
  return new StorageError(sqlState, textOf(source, 'constraint'), { outcome: known });
}

/** Whether the server rejected a statement since the role of its session has no privilege for it. */
export function isOfPrivilege(failure: unknown): boolean {
  return failure instanceof StorageError && failure.sqlState === NO_PRIVILEGE;
}

/**
 * Whether the server rejected the statement: it answered with a SQLSTATE, and not one that ends the session (classes 08
 * and XX, 57P01 to 57P05, 25P03), which may come after the commit. Its severity is localized, so it is not used.
 */
function isRefusal(sqlState: string | null): boolean {
  return /^(?!08|57P|XX|25P03|E[A-Z]{4})[0-9A-Z]{5}$/.test(sqlState ?? '');
}

function driverErrorOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'driverError' in error ? error.driverError : error;
}

function textOf(source: unknown, key: 'code' | 'constraint'): string | null {
  const value: unknown =
    typeof source === 'object' && source !== null ? (source as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' ? value : null;
}
