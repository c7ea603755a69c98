import type { Owner } from '../values/owner.js';
import { digestOf } from './crypto/digest.js';

/**
 * Hash that a tombstone stores in place of an id: it proves that this row was erased, and cannot identify the person.
 *
 * @param rowId - the salt: the same owner may be erased twice
 * @see TC-24
 */
export function tombstoneOf(rowId: string, id: string): string {
  return digestOf(`${rowId}\u0000${id}`);
}

/** As {@link tombstoneOf}, in place of an owner. */
export function ownerTombstoneOf(rowId: string, { tenant, id }: Owner): string {
  return tombstoneOf(rowId, `${tenant}\u0000${id}`);
}
