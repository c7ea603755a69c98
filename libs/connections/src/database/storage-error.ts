import { StorageError } from '../errors/index.js';

/**
 * Translates whatever the driver or TypeORM threw. The original is dropped, not kept as `cause`: it quotes the
 * statement, its parameters and the values of the row (TC-15).
 */
export function storageError(error: unknown): StorageError {
  if (error instanceof StorageError) {
    return error;
  }
  const source = driverErrorOf(error);
  return new StorageError(textOf(source, 'code'), textOf(source, 'constraint'));
}

function driverErrorOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'driverError' in error ? error.driverError : error;
}

function textOf(source: unknown, key: 'code' | 'constraint'): string | null {
  const value: unknown =
    typeof source === 'object' && source !== null ? (source as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' ? value : null;
}
