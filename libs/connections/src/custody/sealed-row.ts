import { CustodyError } from '../errors/custody.error.js';
import type { Owner } from '../values/owner.js';
import { accessTokenContext } from './encryption-context.js';
import { keyIdOf } from './envelope-format.js';
import { openEnvelope, sealEnvelope } from './envelope.js';
import type { KeyRing } from './key-ring.js';

/** A row that holds a sealed token, in whatever status. */
export interface SealedRow {
  readonly userId: string;
  readonly owner: Owner;
  readonly sealedToken: string;
  readonly keyId: string;
}

/** Why a sealed token cannot be opened. */
export type UnreadableReason = 'key_unavailable' | 'token_tampered';

/**
 * Seals a row's token anew, under the primary key.
 *
 * @throws CustodyError when it cannot be opened
 */
export function resealRow(
  { userId, owner, sealedToken }: SealedRow,
  instance: string,
  ring: KeyRing,
): string {
  const context = accessTokenContext(instance, owner, userId);
  return sealEnvelope(openEnvelope(sealedToken, context, ring), context, ring);
}

/**
 * Opens a row's token and tells nothing but whether that works.
 *
 * @returns why it does not, or null
 */
export function problemOf(row: SealedRow, instance: string, ring: KeyRing): UnreadableReason | null {
  try {
    openEnvelope(row.sealedToken, accessTokenContext(instance, row.owner, row.userId), ring);
    // The column is what is counted before a key is removed: it must not say anything but the envelope does.
    return keyIdOf(row.sealedToken) === row.keyId ? null : 'token_tampered';
  } catch (error) {
    return reasonOf(error);
  }
}

/** Reads the reason off an error of opening; any other error is thrown on. */
export function reasonOf(error: unknown): UnreadableReason {
  if (!(error instanceof CustodyError)) {
    throw error;
  }
  return error.code === 'key_unavailable' ? 'key_unavailable' : 'token_tampered';
}
