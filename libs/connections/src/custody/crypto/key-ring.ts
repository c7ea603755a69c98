import type { KeyObject } from 'node:crypto';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { CustodyError } from '../../errors/custody.error.js';
import { HOW_TO_MAKE_A_KEY, parseKeyRingEntry } from './key-ring-entry.js';

const REDACTED = '[redacted]';

/**
 * The encryption keys of this process: one seals, all open. Keys are found by the id an envelope names, never by trial.
 *
 * The bytes are out of reach of spread, JSON, inspect and structuredClone, and outside of the JavaScript heap.
 *
 * @see TC-07, TC-08
 * @internal
 */
export class KeyRing {
  readonly #keys: ReadonlyMap<string, KeyObject>;

  /** Id of the key that seals. */
  readonly primaryId: string;

  /** Ids of all keys, the primary first. */
  readonly ids: readonly string[];

  private constructor(primaryId: string, keys: ReadonlyMap<string, KeyObject>) {
    this.#keys = keys;
    this.primaryId = primaryId;
    this.ids = Object.freeze([...keys.keys()]);
  }

  /**
   * Reads option `keys`: `id:key` entries, separated by commas or as a list, the primary first. A key is 32 random
   * bytes in standard base64 (padded or not) or 64 hex digits; there are no passphrases. An environment variable that is
   * not set, hence undefined, is an empty option.
   *
   * @throws ConfigurationError when the option is empty or an entry is malformed, repeated or all zeros; the message
   * names the entry by its position and never repeats it
   * @see TC-07
   */
  static parse(spec: string | readonly string[] | undefined): KeyRing {
    const entries = typeof spec === 'string' ? spec.split(',') : (spec ?? []);
    const keys = new Map<string, KeyObject>();
    for (const [index, entry] of entries.entries()) {
      const { id, key } = parseKeyRingEntry(entry, index + 1);
      assertNew(keys, id, key, index + 1);
      keys.set(id, key);
    }
    const [primaryId] = keys.keys();
    if (primaryId === undefined) {
      throw new ConfigurationError('keys', `has no entry: set at least one "id:key". ${HOW_TO_MAKE_A_KEY}`);
    }
    return new KeyRing(primaryId, keys);
  }

  /**
   * Lends the key of that id to `consume` and returns what that returns. Do not keep or export the key.
   *
   * @throws CustodyError `key_unavailable` when the ring has no key of that id
   * @see TC-08
   */
  use<T>(id: string, consume: (key: KeyObject) => T): T {
    const key = this.#keys.get(id);
    if (key === undefined) {
      throw new CustodyError(
        'key_unavailable',
        `The key "${id}" is not in option "keys". Put it back, after the primary: rows are still sealed with it.`,
      );
    }
    return consume(key);
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}

function assertNew(keys: ReadonlyMap<string, KeyObject>, id: string, key: KeyObject, position: number): void {
  if (keys.has(id)) {
    throw new ConfigurationError('keys', `entry ${position} repeats the id of an earlier entry`);
  }
  // The same key under two ids would make a rotation that rotates nothing.
  if ([...keys.values()].some((other) => other.equals(key))) {
    throw new ConfigurationError('keys', `entry ${position} repeats the key of an earlier entry`);
  }
}
