import { CustodyError } from '../errors/custody.error.js';
import type { AttemptBinding, BoundAttempt } from '../values/attempt-binding.js';
import type { KeyRing } from './crypto/key-ring.js';
import { macOf, verifyMac, type MacFormat } from './crypto/mac.js';

/** Attempt authenticator, version 1. */
const FORMAT: MacFormat = { version: 'aa1', use: 'powens-attempt' };

/**
 * Authenticates an attempt: proves that this library issued it to this owner, for this browser and purpose. Write access to
 * the database alone is not enough to move an attempt, and the bank that it connects, to another owner.
 *
 * @see TC-27
 * @internal
 */
export function authenticateAttempt(binding: AttemptBinding, ring: KeyRing): string {
  return macOf(FORMAT, fieldsOf(binding), ring);
}

/**
 * Checks the authenticator of an attempt.
 *
 * @throws CustodyError `key_unavailable` when the ring lacks the key; `token_tampered` when the row is not as it was issued
 * @internal
 */
export function verifyAttempt({ binding, authenticator }: BoundAttempt, ring: KeyRing): void {
  if (verifyMac(authenticator, FORMAT, fieldsOf(binding), ring) === null) {
    throw new CustodyError(
      'token_tampered',
      `Row ${binding.id} of powens_attempt is not as this library issued it: its owner, connection or purpose was changed ` +
        'from outside. Nothing was sent to Powens: look at who wrote to it.',
    );
  }
}

/** The order is part of the format: it may never change under this version. */
function fieldsOf(binding: AttemptBinding): readonly string[] {
  const { id, instance, owner, flow, expectsCode, redirectUri, stateHash, bindingHash } = binding;
  const { returnTo, connectionId, metadata } = binding;
  return [
    id,
    instance,
    owner.tenant,
    owner.id,
    optional(owner.actor),
    flow,
    expectsCode ? 'code' : 'no code',
    redirectUri,
    optional(returnTo),
    optional(connectionId),
    optional(metadata),
    stateHash.toString('base64url'),
    bindingHash.toString('base64url'),
  ];
}

/** An absent text differs from an empty one. */
function optional(text: string | null | undefined): string {
  return text === null || text === undefined ? '' : `=${text}`;
}
