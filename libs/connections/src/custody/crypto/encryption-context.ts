import { ConnectionsError } from '../../errors/connections.error.js';
import type { Owner } from '../../values/owner.js';
import type { ProviderBinding } from '../../values/provider-binding.js';
import { ENVELOPE_VERSION } from './envelope-format.js';
import { lengthPrefixed } from './length-prefixed.js';

/**
 * What a sealed value is for. A value sealed for one purpose never opens for another: the access token of a
 * `powens_user` row, and of a `powens_attempt` row the code before its exchange and the token obtained for it. Inside the first and
 * the last of them, the layer of a tenant with keys of its own. And the callback of an attempt, on its way through the application
 * that completes it; and the options of a share link.
 *
 * @internal
 */
export type EncryptionPurpose =
  'access-token' | 'attempt-code' | 'attempt-token' | 'attempt-ticket' | 'share-link' | 'tenant-token';

/**
 * Where a sealed value belongs. It is bound to the envelope, not stored in it: an envelope moved to another row, a row
 * given to another owner, another Powens user or another provider cannot be opened any more.
 *
 * @see TC-04, TC-27
 * @internal
 */
export interface EncryptionContext {
  readonly purpose: EncryptionPurpose;
  /** Name of the provider instance: option `instance`. */
  readonly instance: string;
  /** The host's tenant; may be empty. */
  readonly tenant: string;
  /** The host's id of the owner, compared exactly: no case folding, no Unicode normalisation. */
  readonly ownerId: string;
  /** Id of the row that keeps the envelope; known before the row is written. */
  readonly rowId: string;
  /** Id of the Powens user whose token it is; empty where it is not known yet (the values of an attempt). */
  readonly powensUserId: string;
  /** The provider that the Powens user belongs to. */
  readonly provider: ProviderBinding;
}

/** What a `powens_user` row binds its token to. */
export interface BoundRow {
  readonly userId: string;
  readonly owner: Owner;
  readonly powensUserId: string;
  readonly provider: ProviderBinding;
}

/**
 * Builds the context of an owner's access token, for sealing and for opening.
 *
 * @param instance - option `instance`
 * @internal
 */
export function accessTokenContext(instance: string, row: BoundRow): EncryptionContext {
  const { owner, userId: rowId, powensUserId, provider } = row;
  return {
    purpose: 'access-token',
    instance,
    tenant: owner.tenant,
    ownerId: owner.id,
    rowId,
    powensUserId,
    provider,
  };
}

/**
 * The tenant may be empty, and the Powens user of an attempt's values: it is not known before the exchange. The layer of a tenant
 * names its owner alone.
 */
function mayBeEmpty(field: string, purpose: EncryptionPurpose): boolean {
  if (purpose === 'tenant-token') {
    return ['rowId', 'powensUserId', 'apiOrigin', 'clientId'].includes(field);
  }
  return field === 'tenant' || (field === 'powensUserId' && purpose !== 'access-token');
}

/** With the `u` flag, matches only a surrogate that has lost its other half. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Returns the canonical bytes that authenticate an envelope (its AAD): format version, purpose, instance, tenant, owner,
 * row, Powens user, API origin, client id and key id, each as a 4-byte big-endian byte count followed by its UTF-8 bytes.
 *
 * The counts make it injective: no two contexts share their bytes, whatever the ids contain.
 *
 * @param context - where the value belongs
 * @param keyId - the key that seals it
 * @throws ConnectionsError `internal_error` when a field is not text, is empty (tenant excepted, and the Powens user of an
 * attempt's values) or holds a lone surrogate, which UTF-8 would silently turn into U+FFFD, the same for every one of them
 * @see TC-04
 * @internal
 */
export function encodeEncryptionContext(context: EncryptionContext, keyId: string): Buffer {
  const { purpose, instance, tenant, ownerId, rowId, powensUserId, provider } = context;
  const { apiOrigin, clientId } = provider;
  const fields = { purpose, instance, tenant, ownerId, rowId, powensUserId, apiOrigin, clientId, keyId };
  assertFields(fields, purpose);
  // The order is part of the format: it may never change under this version.
  return lengthPrefixed([ENVELOPE_VERSION, ...Object.values(fields)]);
}

function assertFields(fields: Readonly<Record<string, unknown>>, purpose: EncryptionPurpose): void {
  for (const name in fields) {
    const value = fields[name];
    // A column that was not selected reads as undefined: the types do not hold at the database's border.
    if (
      typeof value !== 'string' ||
      (value === '' && !mayBeEmpty(name, purpose)) ||
      LONE_SURROGATE.test(value)
    ) {
      throw new ConnectionsError(
        'internal_error',
        `Encryption context: "${name}" must be well-formed, non-empty text. Nothing was sealed.`,
      );
    }
  }
}
