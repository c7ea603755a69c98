import { createCipheriv, createDecipheriv } from 'node:crypto';
import { IV_BYTES, TAG_BYTES } from './envelope-format.js';

const CIPHER = 'aes-256-gcm';

/**
 * What AES-GCM makes of a plaintext.
 *
 * @internal
 */
export interface GcmOutput {
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/**
 * Encrypts with AES-256-GCM: the bare primitive. A pair of key and IV must never serve twice.
 *
 * @throws RangeError when the IV is not 12 bytes
 * @see TC-02
 * @internal
 */
export function encryptGcm(key: Buffer, iv: Buffer, aad: Buffer, plaintext: Buffer): GcmOutput {
  assertIv(iv);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad);
  const ciphertext = cipher.update(plaintext);
  // GCM is a stream mode: update() gave everything and final() only makes the tag.
  cipher.final();
  return { ciphertext, tag: cipher.getAuthTag() };
}

/**
 * Decrypts with AES-256-GCM: the bare primitive. Wipe the result after use.
 *
 * @throws Error when the tag does not fit key, IV, AAD and ciphertext, or when the IV is not 12 bytes or the tag not 16
 * @see TC-02, TC-03
 * @internal
 */
export function decryptGcm(key: Buffer, iv: Buffer, aad: Buffer, sealed: GcmOutput): Buffer {
  assertIv(iv);
  // Without authTagLength, Node 20 accepts a tag cut to 4 bytes: one forgery in 2^32 tries.
  const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.tag);
  const plaintext = decipher.update(sealed.ciphertext);
  try {
    // update() answers before the tag is checked; only final() makes what it gave trustworthy.
    decipher.final();
  } catch (error) {
    plaintext.fill(0);
    throw error;
  }
  return plaintext;
}

// Any other length is valid GCM too, but goes through GHASH to the counter block, where collisions are easier.
function assertIv(iv: Buffer): void {
  if (iv.length !== IV_BYTES) {
    throw new RangeError(`The IV must be ${IV_BYTES} bytes`);
  }
}
