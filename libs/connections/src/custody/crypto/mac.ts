import { createHmac, createSecretKey, hkdfSync, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { KeyRing } from './key-ring.js';
import { lengthPrefixed } from './length-prefixed.js';

const ALGORITHM = 'hs256';

const KEY_BYTES = 32;

/** Most characters an authenticator can have: a key id of 64. */
export const MAX_AUTHENTICATOR_LENGTH = 128;

const REST = /^([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{43})$/;

/** Use of an authenticator. */
export interface MacFormat {
  /** Magic and version of the format in one word. */
  readonly version: string;
  /** The use, in the derivation of its key: a key derived for one use is useless for another. */
  readonly use: string;
}

/** Derived once for each key of a ring and each use, and collected with the key. */
const derived = new WeakMap<KeyObject, Map<string, KeyObject>>();

/**
 * Makes an HMAC-SHA-256 over fields, under a key derived from the ring's primary key.
 *
 * @param fields - the order is part of the format
 * @returns `<version>.hs256.<key id>.<mac in base64url>`
 * @internal
 */
export function macOf(format: MacFormat, fields: readonly string[], ring: KeyRing): string {
  return `${prefixOf(format)}${ring.primaryId}.${digestOf(format, fields, ring, ring.primaryId)}`;
}

/**
 * Checks what {@link macOf} made.
 *
 * @returns id of the key that made it; null when it is not of these fields
 * @throws CustodyError `key_unavailable` when the ring lacks the key
 * @internal
 */
export function verifyMac(
  presented: string | null,
  format: MacFormat,
  fields: readonly string[],
  ring: KeyRing,
): string | null {
  const prefix = prefixOf(format);
  const match = presented?.startsWith(prefix) === true ? REST.exec(presented.slice(prefix.length)) : null;
  if (match === null) {
    return null;
  }
  const [, keyId, digest] = match as unknown as [string, string, string];
  // As text: the decoder ignores spare bits of the last character, which would give one MAC several spellings.
  const isSame = timingSafeEqual(Buffer.from(digestOf(format, fields, ring, keyId)), Buffer.from(digest));
  return isSame ? keyId : null;
}

function prefixOf({ version }: MacFormat): string {
  return `${version}.${ALGORITHM}.`;
}

function digestOf(format: MacFormat, fields: readonly string[], ring: KeyRing, keyId: string): string {
  const key = ring.use(keyId, (ringKey) => derivedKey(ringKey, format));
  const bytes = lengthPrefixed([format.version, ...fields, keyId]);
  return createHmac('sha256', key).update(bytes).digest('base64url');
}

function derivedKey(ringKey: KeyObject, { version, use }: MacFormat): KeyObject {
  const info = `${version}.${ALGORITHM} ${use}`;
  const keys = derived.get(ringKey) ?? new Map<string, KeyObject>();
  derived.set(ringKey, keys);
  let key = keys.get(info);
  if (key === undefined) {
    const bytes = Buffer.from(
      hkdfSync('sha256', ringKey, Buffer.alloc(0), Buffer.from(info, 'utf8'), KEY_BYTES),
    );
    key = createSecretKey(bytes);
    bytes.fill(0);
    keys.set(info, key);
  }
  return key;
}
