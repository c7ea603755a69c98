import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a text, as base64url: 43 characters that stand for it. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64url');
}

/** Digests have one length, so that `timingSafeEqual` never throws and the lengths of the texts stay hidden (OA-12). */
export function isSameSecret(kept: string, presented: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(digest(kept), digest(presented));
}
