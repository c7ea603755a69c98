import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { growth } from '../../../../../test/helpers/growth.js';
import { CustodyError } from '../../errors/custody.error.js';
import {
  keyIdOf,
  MAX_ENVELOPE_LENGTH,
  MAX_PLAINTEXT_BYTES,
  parseEnvelope,
  printEnvelope,
  type EnvelopeParts,
} from './envelope-format.js';
import { rounds } from '../../../../../test/helpers/sweeps.js';

const IV = 'AAECAwQFBgcICQoL';
const COMMITMENT = 'A'.repeat(43);
const CIPHERTEXT = 'c2VjcmV0';
const TAG = 'A'.repeat(22);

const bytes = (length: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));

const anyParts: fc.Arbitrary<EnvelopeParts> = fc.record({
  keyId: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
  iv: bytes(12),
  commitment: bytes(32),
  ciphertext: fc.uint8Array({ minLength: 1, maxLength: 200 }).map((array) => Buffer.from(array)),
  tag: bytes(16),
});

/** An envelope with one or more segments replaced. */
function envelope(
  segments: Partial<Record<'version' | 'alg' | 'keyId' | 'iv' | 'commitment' | 'ciphertext' | 'tag', string>>,
): string {
  const { version = 'cx1', alg = 'a256gcm', keyId = 'k1', iv = IV } = segments;
  const { commitment = COMMITMENT, ciphertext = CIPHERTEXT, tag = TAG } = segments;
  return [version, alg, keyId, iv, commitment, ciphertext, tag].join('.');
}

function codeOf(act: () => unknown): string {
  try {
    act();
    return 'none';
  } catch (error) {
    return error instanceof CustodyError ? error.code : `not ours: ${String(error)}`;
  }
}

describe(parseEnvelope.name, () => {
  it('should read what printEnvelope prints [TC-05]', () => {
    expect(parseEnvelope(envelope({}))).toEqual({
      keyId: 'k1',
      iv: Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
      commitment: Buffer.alloc(32),
      ciphertext: Buffer.from('secret'),
      tag: Buffer.alloc(16),
    });
    fc.assert(
      fc.property(anyParts, (parts) => {
        const text = printEnvelope(parts);

        return keyIdOf(text) === parts.keyId && printEnvelope(parseEnvelope(text)) === text;
      }),
      { numRuns: rounds(500, 2_000) },
    );
  });

  it('should accept the longest envelope, and MAX_ENVELOPE_LENGTH be its length [TC-05, TC-18]', () => {
    const longest = printEnvelope({
      keyId: 'k'.repeat(64),
      iv: Buffer.alloc(12),
      commitment: Buffer.alloc(32),
      ciphertext: Buffer.alloc(MAX_PLAINTEXT_BYTES),
      tag: Buffer.alloc(16),
    });

    expect(longest).toHaveLength(MAX_ENVELOPE_LENGTH);
    expect(parseEnvelope(longest).ciphertext).toHaveLength(MAX_PLAINTEXT_BYTES);
  });

  it.each([
    ['another magic', envelope({ version: 'dx1' })],
    ['magic in capitals', envelope({ version: 'CX1' })],
    ['another version', envelope({ version: 'cx2' })],
    ['a two-digit version', envelope({ version: 'cx11' })],
    ['another algorithm', envelope({ alg: 'a128gcm' })],
    ['no algorithm', envelope({ alg: 'none' })],
    ['an empty algorithm', envelope({ alg: '' })],
    ['an empty key id', envelope({ keyId: '' })],
    ['a key id of 65', envelope({ keyId: 'k'.repeat(65) })],
    ['a key id with a space', envelope({ keyId: 'k 1' })],
    ['a key id with a line break', envelope({ keyId: 'k\n' })],
    ['a key id beyond ASCII', envelope({ keyId: 'ké' })],
    ['an IV of 0 bytes [C03]', envelope({ iv: '' })],
    ['an IV of 8 bytes [C03]', envelope({ iv: 'AAAAAAAAAAA' })],
    ['an IV of 16 bytes [C03]', envelope({ iv: 'A'.repeat(22) })],
    ['a commitment of 31 bytes', envelope({ commitment: 'A'.repeat(42) })],
    ['a commitment of 33 bytes', envelope({ commitment: 'A'.repeat(44) })],
    ['no commitment', envelope({ commitment: '' })],
    ['no ciphertext', envelope({ ciphertext: '' })],
    ['a ciphertext of 6145 bytes', envelope({ ciphertext: Buffer.alloc(6145).toString('base64url') })],
    ['a ciphertext of 1 MB', envelope({ ciphertext: 'A'.repeat(1_000_000) })],
    ['an impossible base64 length', envelope({ ciphertext: 'c2Vjc' })],
    ['padding', envelope({ ciphertext: 'c2VjcmU=' })],
    ['the standard alphabet', envelope({ ciphertext: 'c2V+c/V0' })],
    ['spare bits in the commitment', envelope({ commitment: `${'A'.repeat(42)}B` })],
    ['spare bits in the ciphertext', envelope({ ciphertext: 'AB' })],
    ['spare bits in the tag', envelope({ tag: `${'A'.repeat(21)}B` })],
    ['a space before', ` ${envelope({})}`],
    ['a line break after', `${envelope({})}\n`],
    ['a NUL after', `${envelope({})}\0`],
    ['a segment more', `${envelope({})}.AA`],
    ['a segment less', envelope({}).slice(0, -TAG.length - 1)],
    ['two envelopes', `${envelope({})}${envelope({})}`],
  ])('should refuse %s [TC-05, C07]', (_, text) => {
    expect(codeOf(() => parseEnvelope(envelope({})))).toBe('none');
    expect(codeOf(() => parseEnvelope(text))).toBe('token_tampered');
    expect(codeOf(() => keyIdOf(text))).toBe('token_tampered');
  });

  it.each([15, 12, 8, 4, 3, 0])('should refuse a tag cut to %d bytes [TC-02, C03]', (length) => {
    const tag = Buffer.alloc(16).subarray(0, length).toString('base64url');

    expect(codeOf(() => parseEnvelope(envelope({ tag })))).toBe('token_tampered');
  });

  it.each([
    ['nothing', ''],
    ['an opaque token', 'vU/6mI1dPh+0eXQ3Y1zqz0kC7FyWb0Aa'],
    ['hexadecimal, as better-auth keeps it', 'ab'.repeat(60)],
    ['the envelope of better-auth', `$ba$1$${'ab'.repeat(60)}`],
    ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'],
    ['a JWE', 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAECAwQFBgcICQoL.c2VjcmV0.AAAAAAAAAAAAAAAAAAAAAA'],
    ['JSON', '{"iv":"AAECAwQFBgcICQoL","value":"c2VjcmV0","tag":""}'],
    ['null', null as unknown as string],
    ['undefined', undefined as unknown as string],
    ['a number', 1 as unknown as string],
    ['bytes', Buffer.from(envelope({})) as unknown as string],
    ['a list of one envelope', [envelope({})] as unknown as string],
  ])('should refuse %s, never take it for plaintext [TC-05, C08]', (_, text) => {
    expect(codeOf(() => parseEnvelope(text))).toBe('token_tampered');
  });

  it('should answer any text with parts or a CustodyError [TC-05, C07]', () => {
    const mutated = fc
      .tuple(anyParts, fc.nat(), fc.nat(4), fc.string({ unit: 'binary', maxLength: 4 }))
      .map(([parts, at, cut, insert]) => {
        const text = printEnvelope(parts);
        const from = at % text.length;
        return text.slice(0, from) + insert + text.slice(from + cut);
      });
    const anyText = fc.oneof(
      mutated,
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc
        .array(fc.constantFrom('cx1', 'a256gcm', '.', 'k1', IV, COMMITMENT, TAG, '=', '\n', '\0'), {
          maxLength: 30,
        })
        .map((words) => words.join('')),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        const code = codeOf(() => parseEnvelope(text));

        return code === 'none' ? printEnvelope(parseEnvelope(text)) === text : code === 'token_tampered';
      }),
      { numRuns: rounds(1000, 10_000) },
    );
  });

  it('should refuse hostile text in a time that grows no faster than its length [C07, G17]', () => {
    const hostile = (length: number): string[] => [
      'A'.repeat(length),
      '.'.repeat(length),
      'cx1.a256gcm.'.repeat(length / 12),
      `cx1.a256gcm.${'A'.repeat(length)}`,
      envelope({ ciphertext: 'A'.repeat(length), tag: '!' }),
      envelope({ tag: '!'.repeat(length) }),
    ];
    const read = (text: string): void => expect(codeOf(() => parseEnvelope(text))).toBe('token_tampered');
    const long = hostile(48_000);
    // Eight times longer: a square would be 64.
    for (const [index, text] of hostile(6_000).entries()) {
      expect(growth(read, text, long[index]!)).toBeLessThan(32);
    }
  });
});
