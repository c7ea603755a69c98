import { createHmac } from 'node:crypto';

/** What is signed. */
export interface SignedRequest {
  method: string;
  /** Path of the registered URL. */
  path: string;
  /** `BI-Signature-Date`, verbatim. */
  date: string;
  /** The bytes of the body, in order. */
  body: readonly Uint8Array[];
}

/**
 * `BI-Signature`: Base64 of the HMAC-SHA256 of `METHOD.PATH.DATE.BODY`. The key is the secret's text, not what it might
 * decode to.
 *
 * @see protocol notes, section 7.4 and 7.5
 */
export function webhookSignature(secret: string, { method, path, date, body }: SignedRequest): string {
  const hmac = createHmac('sha256', Buffer.from(secret, 'utf8'));
  hmac.update(`${method.toUpperCase()}.${path}.${date}.`);
  body.forEach((chunk) => hmac.update(chunk));
  return hmac.digest('base64');
}

/**
 * `BI-Signature-Date` of now: UTC with microseconds. Real time, not the virtual clock: receivers that check how old a
 * signature is have no other.
 */
export function signatureDate(now = Date.now()): string {
  const micros = (process.hrtime.bigint() / 1000n) % 1000n;
  return `${new Date(now).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}
