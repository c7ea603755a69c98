import { makeKeyRingEntry } from '../../custody/crypto/key-ring-entry.js';
import { KeyRing } from '../../custody/crypto/key-ring.js';
import { UsageError } from '../shared/usage-error.js';

/** A new entry of a key ring. */
export interface GeneratedKey {
  /** `id:base64`. */
  readonly entry: string;
  /** Whether there is a ring to which it is added. */
  readonly isFirst: boolean;
}

/**
 * Makes a key. It changes nothing: the application uses it once the operator has put it into the ring.
 *
 * @param ring - of the environment, if any: the new id is none of its ids
 * @param requested - id; otherwise the first free one of `k1`, `k2`, …
 * @throws UsageError for an id that is in the ring; ConfigurationError for an id or a ring that cannot be used
 */
export function generateKey(ring: string | undefined, requested?: string): GeneratedKey {
  const isFirst = (ring ?? '').trim() === '';
  const taken = isFirst ? [] : KeyRing.parse(ring).ids;
  const id = requested ?? firstFree(taken);
  if (taken.includes(id)) {
    throw new UsageError(
      'CONNECTIONS_KEYS has a key of that id. Name another one: tokens may be sealed with it.',
    );
  }
  return { isFirst, entry: makeKeyRingEntry(id) };
}

function firstFree(taken: readonly string[]): string {
  let number = taken.length + 1;
  while (taken.includes(`k${number}`)) {
    number += 1;
  }
  return `k${number}`;
}
