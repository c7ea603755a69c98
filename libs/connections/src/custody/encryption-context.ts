import { ConnectionsError } from '../errors/connections.error.js';
import type { Owner } from '../values/owner.js';
import { ENVELOPE_VERSION } from './envelope-format.js';

/**
 * What a sealed value is for. A value sealed for one purpose never opens for another.
 *
 * @internal
 */
export type EncryptionPurpose = 'access-token' | 'attempt-code' | 'attempt-token';

/**
 * Where a sealed value belongs. It is bound to the envelope, not stored in it: an envelope moved to another row, or a
 * row given to another owner, cannot be opened any more.
 *
 * @see TC-04, TC-27
 * @internal
 */
export interface EncryptionContext {
  readonly purpose: EncryptionPurpose;
  /** Name of the provider instance: option `instance`. */
  readonly instance: string;
  /** The host's tenant; the only field that may be empty. */
  readonly tenant: string;
  /** The host's id of the owner, compared exactly: no case folding, no Unicode normalisation. */
  readonly ownerId: string;
  /** Id of the row that keeps the envelope; known before the row is written. */
  readonly rowId: string;
}

/**
 * Names the place of an owner's access token: the one way to say it, for whoever seals and whoever opens.
 *
 * @param instance - option `instance`
 * @param rowId - id of the owner's row
 * @internal
 */
export function accessTokenContext(instance: string, owner: Owner, rowId: string): EncryptionContext {
  return { purpose: 'access-token', instance, tenant: owner.tenant, ownerId: owner.id, rowId };
}

const LENGTH_BYTES = 4;

/** With the `u` flag, matches only a surrogate that has lost its other half. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Gives the canonical bytes that authenticate an envelope (its AAD): format version, purpose, instance, tenant, owner,
 * row and key id, each as a 4-byte big-endian byte count followed by its UTF-8 bytes.
 *
 * The counts make it injective: no two contexts share their bytes, whatever the ids contain.
 *
 * @param context - where the value belongs
 * @param keyId - the key that seals it
 * @throws ConnectionsError `internal_error` when a field is not text, is empty (the tenant excepted) or holds a lone
 * surrogate, which UTF-8 would silently turn into U+FFFD, the same for every one of them
 * @see TC-04
 * @internal
 */
export function encodeEncryptionContext(context: EncryptionContext, keyId: string): Buffer {
  const { purpose, instance, tenant, ownerId, rowId } = context;
  assertFields({ purpose, instance, tenant, ownerId, rowId, keyId });
  // The order is part of the format: it may never change under this version.
  return lengthPrefixed([ENVELOPE_VERSION, purpose, instance, tenant, ownerId, rowId, keyId]);
}

function lengthPrefixed(fields: readonly string[]): Buffer {
  let size = 0;
  for (const field of fields) {
    size += LENGTH_BYTES + Buffer.byteLength(field, 'utf8');
  }
  const bytes = Buffer.allocUnsafe(size);
  let offset = 0;
  for (const field of fields) {
    const written = bytes.write(field, offset + LENGTH_BYTES, 'utf8');
    bytes.writeUInt32BE(written, offset);
    offset += LENGTH_BYTES + written;
  }
  return bytes;
}

function assertFields(fields: Readonly<Record<string, unknown>>): void {
  for (const name in fields) {
    const value = fields[name];
    // A column that was not selected reads as undefined: the types do not hold at the database's border.
    if (typeof value !== 'string' || (value === '' && name !== 'tenant') || LONE_SURROGATE.test(value)) {
      throw new ConnectionsError(
        'internal_error',
        `Encryption context: "${name}" must be well-formed, non-empty text. Nothing was sealed.`,
      );
    }
  }
}
