import { CustodyError } from '../../errors/custody.error.js';

/** Magic and version of the format in one word: `cx`, version 1. */
export const ENVELOPE_VERSION = 'cx1';

/** AES-256-GCM under a key derived with HKDF-SHA-256, which also gives the commitment. */
export const ENVELOPE_ALGORITHM = 'a256gcm';

/** Bytes of the initialisation vector. */
export const IV_BYTES = 12;

/** Bytes of the key commitment. */
export const COMMITMENT_BYTES = 32;

/** Bytes of the authentication tag. */
export const TAG_BYTES = 16;

/** Most bytes a sealed value may have: a token of 4096 in the envelope of a tenant. */
export const MAX_PLAINTEXT_BYTES = 6144;

/** Most characters an envelope can have, for the column's length check (TC-18). */
export const MAX_ENVELOPE_LENGTH = 8353;

/**
 * An envelope taken apart. The lengths are those of the constants above; the ciphertext has 1 to
 * {@link MAX_PLAINTEXT_BYTES} bytes.
 *
 * @internal
 */
export interface EnvelopeParts {
  readonly keyId: string;
  readonly iv: Buffer;
  readonly commitment: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

// Bounded and without overlap between neighbours ('.' is in no segment), so it cannot backtrack far on hostile input.
const ENVELOPE =
  /^cx1\.a256gcm\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{2,8192})\.([A-Za-z0-9_-]{22})$/;

/**
 * Prints an envelope as the one line of text a column keeps:
 * `cx1.a256gcm.<key id>.<iv>.<commitment>.<ciphertext>.<tag>`, the last four in unpadded base64url.
 *
 * @see TC-05
 * @internal
 */
export function printEnvelope(parts: EnvelopeParts): string {
  const iv = parts.iv.toString('base64url');
  const commitment = parts.commitment.toString('base64url');
  const ciphertext = parts.ciphertext.toString('base64url');
  const tag = parts.tag.toString('base64url');
  return `${ENVELOPE_VERSION}.${ENVELOPE_ALGORITHM}.${parts.keyId}.${iv}.${commitment}.${ciphertext}.${tag}`;
}

/**
 * Takes an envelope apart. Reads what {@link printEnvelope} prints and nothing else: another version, another
 * algorithm, plaintext or a second spelling of the same bytes are all refused, never guessed at.
 *
 * @throws CustodyError `token_tampered` when the text is not an envelope of this format
 * @see TC-05
 * @internal
 */
export function parseEnvelope(envelope: string): EnvelopeParts {
  const match = ENVELOPE.exec(envelope);
  if (match === null) {
    throw notAnEnvelope();
  }
  const [, keyId, iv, commitment, ciphertext, tag] = match as unknown as [string, ...Segments];
  const parts: EnvelopeParts = {
    keyId,
    iv: Buffer.from(iv, 'base64url'),
    commitment: Buffer.from(commitment, 'base64url'),
    ciphertext: Buffer.from(ciphertext, 'base64url'),
    tag: Buffer.from(tag, 'base64url'),
  };
  // Node's decoder ignores spare bits and an impossible last character; printing again does not. What is no string
  // (the type does not hold at the database's border) was read as one above, and is not equal to one here.
  if (printEnvelope(parts) !== envelope) {
    throw notAnEnvelope();
  }
  return parts;
}

/**
 * Returns the id of the key that sealed an envelope, without opening it: for the column that counts rows by key.
 *
 * @throws CustodyError `token_tampered` when the text is not an envelope of this format
 * @see TC-09
 * @internal
 */
export function keyIdOf(envelope: string): string {
  return parseEnvelope(envelope).keyId;
}

/** What the five groups of {@link ENVELOPE} capture: all present once it matches. */
type Segments = [keyId: string, iv: string, commitment: string, ciphertext: string, tag: string];

function notAnEnvelope(): CustodyError {
  return new CustodyError(
    'token_tampered',
    'The stored value is not an envelope of this version. It was changed outside of this library, or written by a ' +
      'newer version of it. The row was left as it is.',
  );
}
