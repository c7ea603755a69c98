import { createHmac, createSecretKey, hkdfSync, timingSafeEqual, type KeyObject } from 'node:crypto';
import { CustodyError } from '../errors/custody.error.js';
import type { BoundRow } from './encryption-context.js';
import type { KeyRing } from './key-ring.js';
import { lengthPrefixed } from './length-prefixed.js';

/** Magic and version of the format in one word: Powens user authenticator, version 1. */
const VERSION = 'pa1';

const ALGORITHM = 'hs256';

/** Most characters an authenticator can have: a key id of 64. */
export const MAX_AUTHENTICATOR_LENGTH = 128;

const KEY_BYTES = 32;

const AUTHENTICATOR = /^pa1\.hs256\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{43})$/;

// Names version, algorithm and use: a key derived for one purpose is useless for another.
const INFO = Buffer.from(`${VERSION}.${ALGORITHM} powens-user`, 'utf8');

/**
 * What a row may be used for: `keep` for all that a kept Powens user allows, `erase` for the deletion of the Powens user.
 * A row whose status is edited to `erasing` has an authenticator of the wrong purpose.
 *
 * @internal
 */
export type RowPurpose = 'keep' | 'erase';

/**
 * A row, what it may be used for, and the instance that it belongs to: all that an authenticator covers.
 *
 * @internal
 */
export interface RowPlace {
  readonly row: BoundRow;
  readonly purpose: RowPurpose;
  /** Option `instance`. */
  readonly instance: string;
}

/** Derived once for each key of a ring, and collected with it. */
const derived = new WeakMap<KeyObject, KeyObject>();

/**
 * Authenticates a row of `powens_user`: HMAC-SHA-256, under a key derived from the ring's primary key, over what decides
 * whose Powens user it is. It proves that this library wrote these columns, with or without a token beside them.
 *
 * @returns `pa1.hs256.<key id>.<mac in base64url>`, as the column keeps it
 * @see TC-27
 * @internal
 */
export function authenticateRow(place: RowPlace, ring: KeyRing): string {
  return `${VERSION}.${ALGORITHM}.${ring.primaryId}.${macOf(place, ring, ring.primaryId)}`;
}

/**
 * Checks the authenticator of a row.
 *
 * @param authenticator - what the column keeps
 * @returns id of the key that made it
 * @throws CustodyError `key_unavailable` when the ring lacks the key; `token_tampered` when the row is not as it was written
 * @internal
 */
export function verifyRow(authenticator: string | null, place: RowPlace, ring: KeyRing): string {
  const match = AUTHENTICATOR.exec(authenticator ?? '');
  if (match === null) {
    throw tampered(place.row);
  }
  const [, keyId, presented] = match as unknown as [string, string, string];
  // As text: the decoder ignores spare bits of the last character, which would give one MAC several spellings.
  if (!timingSafeEqual(Buffer.from(macOf(place, ring, keyId)), Buffer.from(presented))) {
    throw tampered(place.row);
  }
  return keyId;
}

function macOf({ row, purpose, instance }: RowPlace, ring: KeyRing, keyId: string): string {
  const { userId, owner, powensUserId, provider } = row;
  const { apiOrigin, clientId } = provider;
  const bound = [instance, owner.tenant, owner.id, userId, powensUserId, apiOrigin, clientId];
  // The order is part of the format: it may never change under this version.
  const fields = lengthPrefixed([VERSION, purpose, ...bound, keyId]);
  return createHmac('sha256', ring.use(keyId, derivedKey)).update(fields).digest('base64url');
}

function derivedKey(ringKey: KeyObject): KeyObject {
  let key = derived.get(ringKey);
  if (key === undefined) {
    const bytes = Buffer.from(hkdfSync('sha256', ringKey, Buffer.alloc(0), INFO, KEY_BYTES));
    key = createSecretKey(bytes);
    bytes.fill(0);
    derived.set(ringKey, key);
  }
  return key;
}

function tampered({ userId }: BoundRow): CustodyError {
  return new CustodyError(
    'token_tampered',
    `Row ${userId} of powens_user is not as this library wrote it: its owner, Powens user, provider or status was ` +
      'changed from outside. Nothing was sent to Powens and the row was left as it is: look at who wrote to it.',
  );
}
