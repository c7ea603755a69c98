import { CustodyError } from '../../errors/custody.error.js';
import type { BoundConnection, RemovalReason } from '../../values/verified-ids.js';
import type { KeyRing } from '../crypto/key-ring.js';
import { macOf, verifyMac, type MacFormat } from '../crypto/mac.js';

/** Connection authenticator, version 1. */
const FORMAT: MacFormat = { version: 'ca1', use: 'powens-connection' };

/**
 * Purpose of an authenticator of a connection: `keep` proves which bank the row stands for; a reason also proves that its
 * deletion at Powens is intended, and why.
 *
 * @internal
 */
export type ConnectionPurpose = 'keep' | RemovalReason;

/**
 * A row, the purpose of its authenticator, and its instance. The row of the Powens user is part of it, and that
 * row's own authenticator says which user at which provider it is.
 *
 * @internal
 */
export interface ConnectionPlace {
  readonly row: BoundConnection;
  readonly purpose: ConnectionPurpose;
  /** Option `instance`. */
  readonly instance: string;
}

/**
 * Authenticates a row of `powens_connection`.
 *
 * @returns `ca1.hs256.<key id>.<mac in base64url>`, as the column keeps it
 * @see TC-27
 * @internal
 */
export function authenticateConnection(place: ConnectionPlace, ring: KeyRing): string {
  return macOf(FORMAT, fieldsOf(place), ring);
}

/**
 * Checks an authenticator of a connection.
 *
 * @returns id of the key that made it
 * @throws CustodyError `key_unavailable` when the ring lacks the key; `token_tampered` when the row was changed
 * @internal
 */
export function verifyConnection(
  authenticator: string | null,
  place: ConnectionPlace,
  ring: KeyRing,
): string {
  const keyId = verifyMac(authenticator, FORMAT, fieldsOf(place), ring);
  if (keyId === null) {
    throw tampered(place);
  }
  return keyId;
}

/** The order is part of the format: it may never change under this version. */
function fieldsOf({ row, purpose, instance }: ConnectionPlace): readonly string[] {
  return [purpose, instance, row.id, row.userId, row.powensConnectionId];
}

function tampered({ row, purpose }: ConnectionPlace): CustodyError {
  const what = purpose === 'keep' ? 'the bank that it stands for' : 'its bank, or the intent to delete it,';
  return new CustodyError(
    'token_tampered',
    `Row ${row.id} of powens_connection is not as this library wrote it: ${what} was changed from outside. Nothing was deleted ` +
      'at Powens: look at who wrote to it.',
  );
}
