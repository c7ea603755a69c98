import { createSign, generateKeyPairSync } from 'node:crypto';
import type { ClientKeys } from '../store/records.js';

/** Makes the pair of keys with which a client application gets its JWT. */
export function newClientKeys(): ClientKeys {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

/** Signs a JWT with RS256. */
export function signedJwt(payload: Readonly<Record<string, unknown>>, { privateKey }: ClientKeys): string {
  const parts = [{ alg: 'RS256', typ: 'JWT' }, payload].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const signature = createSign('RSA-SHA256').update(parts.join('.')).sign(privateKey, 'base64url');
  return [...parts, signature].join('.');
}
