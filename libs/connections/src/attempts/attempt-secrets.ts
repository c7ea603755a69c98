import { createHash, randomBytes } from 'node:crypto';

/** Characters of 32 bytes in base64url. */
export const SECRET_PATTERN = /^[A-Za-z0-9_-]{43}$/;

/**
 * 32 bytes of the CSPRNG as 43 base64url characters, which no URL encoder touches.
 *
 * @see OA-01
 */
export function mintSecret(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * Computes the SHA-256 that is stored in place of a state, a binding or a code. A fast hash is enough: the input has 256
 * random bits.
 *
 * @see OA-01, OA-02
 */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}
