import { randomBytes, timingSafeEqual } from 'node:crypto';
import { ConnectionsError } from '../../errors/connections.error.js';
import { CustodyError } from '../../errors/custody.error.js';
import { encodeEncryptionContext, type EncryptionContext } from './encryption-context.js';
import { decryptGcm, encryptGcm } from './envelope-cipher.js';
import { IV_BYTES, MAX_PLAINTEXT_BYTES, parseEnvelope, printEnvelope } from './envelope-format.js';
import { deriveEnvelopeKeys } from './envelope-keys.js';
import type { KeyRing } from './key-ring.js';

/**
 * Seals a value for one place, under the ring's primary key. Sealing twice never gives the same envelope.
 *
 * @param plaintext - the clear value: 1 to 6144 bytes of well-formed text
 * @param context - where the value belongs; the same is needed to open it
 * @returns the envelope, as the column keeps it
 * @throws ConnectionsError `internal_error` when the value or the context cannot be sealed; the message repeats neither
 * @see TC-02, TC-04, TC-06
 * @internal
 */
export function sealEnvelope(plaintext: string, context: EncryptionContext, ring: KeyRing): string {
  const keyId = ring.primaryId;
  const aad = encodeEncryptionContext(context, keyId);
  const iv = randomBytes(IV_BYTES);
  const { encryptionKey, commitment, material } = ring.use(keyId, (key) => deriveEnvelopeKeys(key, iv, aad));
  const clear = Buffer.from(plaintext, 'utf8');
  try {
    assertSealable(plaintext, clear);
    return printEnvelope({ keyId, iv, commitment, ...encryptGcm(encryptionKey, iv, aad, clear) });
  } finally {
    clear.fill(0);
    material.fill(0);
  }
}

/**
 * Opens an envelope for the place it was sealed for.
 *
 * @param envelope - what the column keeps
 * @param context - where it was found
 * @returns the clear value; do not keep, log or cache it
 * @throws CustodyError `key_unavailable` when the ring lacks the key; `token_tampered` for everything else: a damaged
 * envelope, another row's, owner's, tenant's, instance's or purpose's, or a key that changed under its id
 * @see TC-03, TC-06, TC-08
 * @internal
 */
export function openEnvelope(envelope: string, context: EncryptionContext, ring: KeyRing): string {
  try {
    return open(envelope, context, ring);
  } catch (error) {
    // An error of node:crypto says nothing useful and is not ours: it is replaced, not kept as a cause (TC-15).
    throw error instanceof CustodyError ? error : tampered();
  }
}

function open(envelope: string, context: EncryptionContext, ring: KeyRing): string {
  const parts = parseEnvelope(envelope);
  const aad = encodeEncryptionContext(context, parts.keyId);
  const keys = ring.use(parts.keyId, (key) => deriveEnvelopeKeys(key, parts.iv, aad));
  try {
    // First the commitment: a ciphertext made to fit several keys is not even decrypted.
    if (!timingSafeEqual(keys.commitment, parts.commitment)) {
      throw tampered();
    }
    return decode(decryptGcm(keys.encryptionKey, parts.iv, aad, parts));
  } finally {
    keys.material.fill(0);
  }
}

/** The string cannot be wiped, the bytes can (TC-20). */
function decode(clear: Buffer): string {
  try {
    return clear.toString('utf8');
  } finally {
    clear.fill(0);
  }
}

function assertSealable(plaintext: string, clear: Buffer): void {
  if (clear.length < 1 || clear.length > MAX_PLAINTEXT_BYTES) {
    throw unsealable(`must be 1 to ${MAX_PLAINTEXT_BYTES} bytes`);
  }
  // A lone surrogate becomes U+FFFD in UTF-8: what comes out would not be what went in.
  if (/\p{Surrogate}/u.test(plaintext)) {
    throw unsealable('must be well-formed Unicode');
  }
}

function unsealable(problem: string): ConnectionsError {
  return new ConnectionsError('internal_error', `The value to seal ${problem}. Nothing was sealed.`);
}

function tampered(): CustodyError {
  return new CustodyError(
    'token_tampered',
    'The stored envelope does not belong to this row and owner, or was changed outside of this library. The row was ' +
      'left as it is: look at who wrote to it before deleting anything.',
  );
}
