import { createCipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { registerSecret } from './canary/collector.js';

/** Where a token belongs: what its envelope is bound to. */
export interface EnvelopePlace {
  readonly instance: string;
  readonly tenant: string;
  readonly ownerId: string;
  readonly rowId: string;
  readonly powensUserId: string;
  readonly apiOrigin: string;
  readonly clientId: string;
}

/** Makes an `id:base64` entry of a key ring. */
export function madeUpKey(id: string): string {
  const key = randomBytes(32).toString('base64');
  registerSecret('key', key);
  return `${id}:${key}`;
}

/**
 * Seals a token as `docs/adr/0003-envelope.md` says, sharing no code with the library: rows that an older version, or
 * nobody's mistake, has left.
 *
 * @param entry - `id:base64`
 */
export function sealLikeTheDocumentation(token: string, place: EnvelopePlace, entry: string): string {
  const [keyId = '', key = ''] = entry.split(':');
  const { instance, tenant, ownerId, rowId, powensUserId, apiOrigin, clientId } = place;
  const bound = [instance, tenant, ownerId, rowId, powensUserId, apiOrigin, clientId];
  const context = lengthPrefixed(['cx1', 'access-token', ...bound, keyId]);
  const iv = randomBytes(12);
  const salt = Buffer.concat([iv, createHash('sha256').update(context).digest()]);
  const material = Buffer.from(hkdfSync('sha256', Buffer.from(key, 'base64'), salt, 'cx1.a256gcm', 64));
  const cipher = createCipheriv('aes-256-gcm', material.subarray(0, 32), iv, { authTagLength: 16 });
  cipher.setAAD(context);
  const ciphertext = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
  const parts = [iv, material.subarray(32), ciphertext, cipher.getAuthTag()];
  return ['cx1.a256gcm', keyId, ...parts.map((part) => part.toString('base64url'))].join('.');
}

/** Authenticates a row as `docs/adr/0003-envelope.md` says, sharing no code with the library. */
export function authenticateLikeTheDocumentation(place: EnvelopePlace, entry: string): string {
  const [keyId = '', key = ''] = entry.split(':');
  const { instance, tenant, ownerId, rowId, powensUserId, apiOrigin, clientId } = place;
  const bound = [instance, tenant, ownerId, rowId, powensUserId, apiOrigin, clientId];
  const secret = hkdfSync('sha256', Buffer.from(key, 'base64'), '', 'pa1.hs256 powens-user', 32);
  const mac = createHmac('sha256', Buffer.from(secret)).update(
    lengthPrefixed(['pa1', 'keep', ...bound, keyId]),
  );
  return `pa1.hs256.${keyId}.${mac.digest('base64url')}`;
}

export function lengthPrefixed(fields: readonly string[]): Buffer {
  return Buffer.concat(
    fields.flatMap((field) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(field));
      return [length, Buffer.from(field)];
    }),
  );
}
