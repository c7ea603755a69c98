import type { Owner } from '../../values/owner.js';
import type { ProviderBinding } from '../../values/provider-binding.js';
import type { EncryptionContext } from './encryption-context.js';

/** Identifies an attempt before its row is read: digests of its state and of its browser's binding. */
export interface AttemptDigests {
  readonly stateHash: Buffer;
  readonly bindingHash: Buffer;
}

/** An attempt whose row is known. */
export interface OwnedAttempt {
  readonly id: string;
  readonly owner: Owner;
}

/** Where attempts are sealed. The Powens user is unknown before the read-back; the provider is known from the start. */
export interface AttemptPlace {
  readonly instance: string;
  readonly provider: ProviderBinding;
}

/** Where a code belongs: it is sealed before the statement that finds the row, when only state and browser are known. */
export function attemptCodeContext(
  { stateHash, bindingHash }: AttemptDigests,
  { instance, provider }: AttemptPlace,
): EncryptionContext {
  return {
    purpose: 'attempt-code',
    instance,
    tenant: '',
    ownerId: bindingHash.toString('base64url'),
    rowId: stateHash.toString('base64url'),
    powensUserId: '',
    provider,
  };
}

/** Where another value of an attempt, or of a share link, belongs. */
export function attemptContext(
  purpose: 'attempt-token' | 'attempt-ticket' | 'share-link',
  { id, owner }: OwnedAttempt,
  { instance, provider }: AttemptPlace,
): EncryptionContext {
  return {
    purpose,
    instance,
    tenant: owner.tenant,
    ownerId: owner.id,
    rowId: id,
    powensUserId: '',
    provider,
  };
}
