import { CustodyError } from '../errors/custody.error.js';
import { AccessToken } from '../values/secrets/access-token.js';
import type { ProviderBinding } from '../values/provider-binding.js';
import { authenticateRow, verifyRow, type RowPurpose } from './authenticator.js';
import { accessTokenContext, type BoundRow } from './crypto/encryption-context.js';
import { keyIdOf } from './crypto/envelope-format.js';
import { openEnvelope, sealEnvelope } from './crypto/envelope.js';
import type { KeyRing } from './crypto/key-ring.js';
import type { SealedToken } from './sealed-token.js';

/** A row of a Powens user that one key protects, in whatever status. */
export interface SealedRow extends BoundRow {
  readonly status: string;
  /** Null where the token is deleted: then the key protects the authenticator alone. */
  readonly sealedToken: string | null;
  readonly authenticator: string | null;
  readonly keyId: string;
}

/** Why a row cannot be used. */
export type UnreadableReason = 'key_unavailable' | 'token_tampered';

/** Purpose that the status of a row allows. */
export function purposeOf(status: string): RowPurpose {
  return status === 'erasing' ? 'erase' : 'keep';
}

/**
 * Seals a row's token anew and authenticates the row anew, under the primary key.
 *
 * @param provider - new binding of the row; unchanged when absent
 * @throws CustodyError when the token cannot be opened, or the row is not authentic
 */
export function resealRow(
  row: SealedRow,
  instance: string,
  ring: KeyRing,
  provider: ProviderBinding = row.provider,
): Pick<SealedToken, 'authenticator'> & { readonly sealedToken: string | null } {
  const token = openRow(row, instance, ring);
  const bound = { ...row, provider };
  const context = accessTokenContext(instance, bound);
  return {
    sealedToken: token?.use((clear) => sealEnvelope(clear, context, ring)) ?? null,
    authenticator: authenticateRow({ row: bound, purpose: purposeOf(row.status), instance }, ring),
  };
}

/**
 * Opens a row's token under the provider that the row is bound to.
 *
 * @returns null where the row keeps no token
 * @throws CustodyError when the token cannot be opened, or the row is not authentic
 */
export function openRow(row: SealedRow, instance: string, ring: KeyRing): AccessToken | null {
  verifyRow(row.authenticator, { row, purpose: purposeOf(row.status), instance }, ring);
  const { sealedToken } = row;
  return sealedToken === null
    ? null
    : AccessToken.of(openEnvelope(sealedToken, accessTokenContext(instance, row), ring));
}

/**
 * Opens a row's token and checks its authenticator, and reveals only whether both succeed.
 *
 * @returns the reason of the failure, or null
 */
export function problemOf(row: SealedRow, instance: string, ring: KeyRing): UnreadableReason | null {
  const { sealedToken, keyId } = row;
  try {
    // The column is counted before a key is removed: it must agree with envelope and authenticator.
    const place = { row, purpose: purposeOf(row.status), instance };
    const keyIds = [verifyRow(row.authenticator, place, ring)];
    if (sealedToken !== null) {
      openEnvelope(sealedToken, accessTokenContext(instance, row), ring);
      keyIds.push(keyIdOf(sealedToken));
    }
    return keyIds.every((id) => id === keyId) ? null : 'token_tampered';
  } catch (error) {
    return reasonOf(error);
  }
}

/**
 * Whether a row is as this library wrote it. A missing key is reported elsewhere: without it, the row may be authentic.
 *
 * @param row - with or without a token
 */
export function isVerifiedRow(
  row: BoundRow & Pick<SealedRow, 'status' | 'authenticator'>,
  instance: string,
  ring: KeyRing,
): boolean {
  try {
    verifyRow(row.authenticator, { row, purpose: purposeOf(row.status), instance }, ring);
    return true;
  } catch (error) {
    return reasonOf(error) === 'key_unavailable';
  }
}

/** Maps an error of opening to its reason; rethrows any other error. */
export function reasonOf(error: unknown): UnreadableReason {
  if (!(error instanceof CustodyError)) {
    throw error;
  }
  return error.code === 'key_unavailable' ? 'key_unavailable' : 'token_tampered';
}
