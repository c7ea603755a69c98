import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Tokens of another kind, or of another format, must not verify by accident. */
const PURPOSE = 'powens-webhook-token.v1';
const TOKEN = /^(\d{10})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/** The clock of this process and the secret that seals. */
interface Sealing {
  readonly secret: string;
  readonly nowMs: number;
}

/**
 * Makes a token that any replica can check: when it ends, some randomness, and a seal over both.
 *
 * @param lifetimeSeconds - how long it is good for
 */
export function mintWebhookToken({ secret, nowMs }: Sealing, lifetimeSeconds: number): string {
  const ends = String(Math.floor(nowMs / 1000) + lifetimeSeconds);
  const random = randomBytes(16).toString('base64url');
  return `${ends}.${random}.${sealOf(secret, ends, random).toString('base64url')}`;
}

/** Whether a token was made with this secret and is still good. */
export function isWebhookToken(token: string, { secret, nowMs }: Sealing): boolean {
  const [, ends, random, seal] = TOKEN.exec(token) ?? [];
  if (ends === undefined || random === undefined || seal === undefined) {
    return false;
  }
  const given = Buffer.from(seal, 'base64url');
  const expected = sealOf(secret, ends, random);
  return given.length === expected.length && timingSafeEqual(given, expected) && Number(ends) * 1000 > nowMs;
}

/** Compares two texts in constant time (OA-12). */
export function isSameText(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', PURPOSE).update(text, 'utf8').digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function sealOf(secret: string, ends: string, random: string): Buffer {
  return createHmac('sha256', secret).update(`${PURPOSE}.${ends}.${random}`, 'utf8').digest();
}

/**
 * An issued token, as RFC 6749 section 5.1 writes it.
 *
 * @public
 */
export interface WebhookToken {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
}
