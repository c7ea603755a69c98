import { CustodyError } from '../errors/custody.error.js';
import type { BoundRow } from './crypto/encryption-context.js';
import type { KeyRing } from './crypto/key-ring.js';
import { macOf, verifyMac, type MacFormat } from './crypto/mac.js';

export { MAX_AUTHENTICATOR_LENGTH } from './crypto/mac.js';

/** Powens user authenticator, version 1. */
const FORMAT: MacFormat = { version: 'pa1', use: 'powens-user' };

/**
 * Allowed use of a row: `keep` for every use of a kept Powens user, `erase` for the deletion of the Powens user.
 * A row whose status is edited to `erasing` has an authenticator of the wrong purpose.
 *
 * @internal
 */
export type RowPurpose = 'keep' | 'erase';

/**
 * Everything that an authenticator covers: a row, its allowed use, and its instance.
 *
 * @internal
 */
export interface RowPlace {
  readonly row: BoundRow;
  readonly purpose: RowPurpose;
  /** Option `instance`. */
  readonly instance: string;
}

/**
 * Authenticates a row of `powens_user`: HMAC-SHA-256, under a key derived from the ring's primary key, over the columns
 * that identify the owner and the Powens user. It proves that this library wrote these columns, with or without a token beside them.
 *
 * @returns `pa1.hs256.<key id>.<mac in base64url>`, as the column keeps it
 * @see TC-27
 * @internal
 */
export function authenticateRow(place: RowPlace, ring: KeyRing): string {
  return macOf(FORMAT, fieldsOf(place), ring);
}

/**
 * Checks the authenticator of a row.
 *
 * @param authenticator - what the column keeps
 * @returns id of the key that made it
 * @throws CustodyError `key_unavailable` when the ring lacks the key; `token_tampered` when the row was changed
 * @internal
 */
export function verifyRow(authenticator: string | null, place: RowPlace, ring: KeyRing): string {
  const keyId = verifyMac(authenticator, FORMAT, fieldsOf(place), ring);
  if (keyId === null) {
    throw tampered(place.row);
  }
  return keyId;
}

/** The order is part of the format: it may never change under this version. */
function fieldsOf({ row, purpose, instance }: RowPlace): readonly string[] {
  const { userId, owner, powensUserId, provider } = row;
  const { apiOrigin, clientId } = provider;
  return [purpose, instance, owner.tenant, owner.id, userId, powensUserId, apiOrigin, clientId];
}

function tampered({ userId }: BoundRow): CustodyError {
  return new CustodyError(
    'token_tampered',
    `Row ${userId} of powens_user is not as this library wrote it: its owner, Powens user, provider or status was ` +
      'changed from outside. Nothing was sent to Powens and the row was left as it is: look at who wrote to it.',
  );
}
