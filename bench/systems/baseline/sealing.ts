import { createCipheriv, createHash, randomBytes } from 'node:crypto';

/** 32 random bytes as text. */
export function mintSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a secret. */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}

/** Seals a token with AES-256-GCM, bound to the row that keeps it. */
export function seal(token: string, key: Buffer, rowId: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
  cipher.setAAD(Buffer.from(rowId, 'utf8'));
  const ciphertext = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
  return [iv, ciphertext, cipher.getAuthTag()].map((bytes) => bytes.toString('base64url')).join('.');
}
