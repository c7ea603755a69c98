import { createHash } from 'node:crypto';

/**
 * What a tombstone keeps in place of an id: enough to tell that this very row was erased, nothing to find the person by.
 *
 * @param rowId - the salt: the same owner may be erased twice
 * @see TC-24
 */
export function tombstoneOf(rowId: string, id: string): string {
  return createHash('sha256').update(`${rowId}\u0000${id}`, 'utf8').digest('base64url');
}
