import { createHash } from 'node:crypto';

/** SHA-256 of a text, as base64url: 43 characters that stand for it. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64url');
}
