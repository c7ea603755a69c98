import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { ConfigurationError } from '../../errors/configuration.error.js';

/** The repair, at the end of every message about a key. */
export const HOW_TO_MAKE_A_KEY = 'Make a key with: openssl rand -base64 32';

const KEY_BYTES = 32;
const ID = /^[A-Za-z0-9_-]{1,64}$/;
const HEX = /^[0-9A-Fa-f]{64}$/;
const BASE64 = /^([A-Za-z0-9+/]{43})=?$/;

/**
 * One entry of option `keys`, read.
 *
 * @internal
 */
export interface KeyRingEntry {
  readonly id: string;
  readonly key: KeyObject;
}

/**
 * Makes an `id:key` entry with a new key.
 *
 * @throws ConfigurationError for an id that no entry may have
 */
export function makeKeyRingEntry(id: string): string {
  const entry = `${id}:${randomBytes(KEY_BYTES).toString('base64')}`;
  parseKeyRingEntry(entry, 1);
  return entry;
}

/**
 * Reads one `id:key` entry. Nothing is trimmed or skipped: Node's decoders would, and a key that is not the one the
 * operator meant seals rows that no other process can open.
 *
 * @param position - of the entry, from 1: messages name the entry by it alone, since id and key are easily swapped
 * @throws ConfigurationError when the id or the key is malformed, or the key is all zeros
 * @see TC-07
 * @internal
 */
export function parseKeyRingEntry(entry: string, position: number): KeyRingEntry {
  const colon = entry.indexOf(':');
  const id = entry.slice(0, Math.max(colon, 0));
  if (!ID.test(id)) {
    throw invalid(
      position,
      'must be "id:key", the id of 1 to 64 letters, digits, "_" or "-", without spaces',
    );
  }
  const bytes = decodeKey(entry.slice(colon + 1));
  if (bytes === null) {
    const problem = `must carry a key of ${KEY_BYTES} bytes, in standard base64 or as 64 hex digits, without spaces`;
    throw invalid(position, `${problem}. ${HOW_TO_MAKE_A_KEY}`);
  }
  if (bytes.every((byte) => byte === 0)) {
    throw invalid(position, `carries a key of zeros. ${HOW_TO_MAKE_A_KEY}`);
  }
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return { id, key };
}

function decodeKey(text: string): Buffer | null {
  if (HEX.test(text)) {
    return Buffer.from(text, 'hex');
  }
  const digits = BASE64.exec(text)?.[1];
  if (digits === undefined) {
    return null;
  }
  const bytes = Buffer.from(digits, 'base64');
  // The 43rd digit has two spare bits, which the decoder ignores: only the canonical spelling prints back the same.
  return bytes.toString('base64') === `${digits}=` ? bytes : null;
}

function invalid(position: number, problem: string): ConfigurationError {
  return new ConfigurationError('keys', `entry ${position} ${problem}`);
}
