import { createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { lengthPrefixed } from '../envelope.js';

/** What the context of an envelope is made of, as its row has it. */
export interface EnvelopeRow {
  readonly tenant: string;
  readonly owner_id: string;
  readonly id: string;
  readonly powens_user_id: string;
  readonly api_origin: string;
  readonly client_id?: string;
}

/**
 * Opens an envelope as `docs/adr/0003-envelope.md` says, sharing no code with the library.
 *
 * @param entry - `id:base64`
 * @throws Error when the key or the context is another one
 */
export function openLikeTheDocumentation(
  envelope: string,
  { purpose, row }: { purpose: 'access-token' | 'tenant-token'; row: EnvelopeRow },
  entry: string,
): string {
  const [, , keyId = '', ...parts] = envelope.split('.');
  const [iv, commitment, ciphertext, tag] = parts.map((part) => Buffer.from(part, 'base64url')) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  const place =
    purpose === 'tenant-token'
      ? ['', '', '', '']
      : [row.id, row.powens_user_id, row.api_origin, row.client_id ?? ''];
  const context = lengthPrefixed(['cx1', purpose, 'default', row.tenant, row.owner_id, ...place, keyId]);
  const salt = Buffer.concat([iv, createHash('sha256').update(context).digest()]);
  const key = Buffer.from(entry.slice(entry.indexOf(':') + 1), 'base64');
  const material = Buffer.from(hkdfSync('sha256', key, salt, 'cx1.a256gcm', 64));
  if (!commitment.equals(material.subarray(32))) {
    throw new Error('the envelope was sealed with another key, or for another place');
  }
  const decipher = createDecipheriv('aes-256-gcm', material.subarray(0, 32), iv, { authTagLength: 16 });
  decipher.setAAD(context);
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
}
