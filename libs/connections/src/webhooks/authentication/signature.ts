import { createHmac, timingSafeEqual } from 'node:crypto';

/** Base64 of 32 bytes. */
const SIGNATURE = /^[A-Za-z0-9+/]{43}=$/;
/** UTC, as `Z` or, as Python writes it, `+00:00`. */
const DATE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(?:Z|\+00:00)$/;

/** What came in the two headers. Each must be there exactly once (WH-02). */
export interface SignatureHeaders {
  readonly signature: string | readonly string[] | undefined;
  readonly date: string | readonly string[] | undefined;
}

/** A signature whose form is good and whose date is near enough. */
export interface ReadSignature {
  readonly digest: Buffer;
  /** As it came: it is part of what was signed. */
  readonly date: string;
}

/**
 * Reads the two headers, before a single byte of the body is.
 *
 * @param nowMs - the time that the date is compared with
 * @returns null when one is missing, doubled, not of its form, or too old or too new
 * @see WH-02, WH-04
 */
export function readSignature(
  headers: SignatureHeaders,
  toleranceSeconds: number,
  nowMs: number,
): ReadSignature | null {
  const { signature, date } = headers;
  if (typeof signature !== 'string' || typeof date !== 'string' || !SIGNATURE.test(signature)) {
    return null;
  }
  const digest = Buffer.from(signature, 'base64');
  // The last character carries four bits that belong to no byte: another spelling is another header, not this signature.
  const isCanonical = digest.toString('base64') === signature;
  const isNear = Math.abs(nowMs - instantOf(date)) <= toleranceSeconds * 1000;
  return isCanonical && isNear ? { digest, date } : null;
}

/**
 * Computes what a signature covers, `METHOD.PATH.DATE.BODY`, over raw bytes, as they arrive. The URL may be registered with
 * a slash at its end or without: both paths are tried.
 *
 * @see https://docs.powens.com/documentation/integration-guides/webhooks
 * @see WH-01
 */
export class SignedMessage {
  readonly #digests;

  /**
   * @param secrets - during a rotation there are two; each is taken as UTF-8, not decoded
   * @param path - of the URL registered at Powens, without query and trailing slash
   */
  constructor(secrets: readonly string[], path: string, date: string) {
    const prefixes = [path, `${path}/`].map((each) => `POST.${each}.${date}.`);
    this.#digests = secrets.flatMap((secret) =>
      prefixes.map((prefix) => createHmac('sha256', secret).update(prefix, 'utf8')),
    );
  }

  update(chunk: Uint8Array): this {
    for (const digest of this.#digests) {
      digest.update(chunk);
    }
    return this;
  }

  /** Whether one of the secrets made this signature. All are compared, in constant time. */
  matches(signature: Buffer): boolean {
    const results = this.#digests.map((digest) => timingSafeEqual(digest.digest(), signature));
    return results.includes(true);
  }
}

/** Milliseconds of a UTC date; NaN, which is near nothing, for a day, hour or second that does not exist. */
function instantOf(date: string): number {
  const [, seconds = '', fraction = ''] = DATE.exec(date) ?? [];
  const ms = Date.parse(`${seconds}Z`);
  const exists = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(seconds);
  return exists ? ms + Number(`0${fraction}`) * 1000 : Number.NaN;
}

/** Receives the bytes of a body, then returns whether their signature is valid. */
export interface SignatureCheck {
  update(chunk: Uint8Array): unknown;
  isGood(): boolean;
}
