import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CustodyError } from '../../errors/custody.error.js';
import { encodeEncryptionContext, type EncryptionContext } from './encryption-context.js';
import { encryptGcm } from './envelope-cipher.js';
import { parseEnvelope, printEnvelope } from './envelope-format.js';
import { openEnvelope, sealEnvelope } from './envelope.js';
import { KeyRing } from './key-ring.js';
import { rounds } from '../../../../../test/helpers/sweeps.js';

const TOKEN = 'canary-vU/6mI1dPh+0eXQ3Y1zqz0kC7FyWb0Aa';
const KEY = randomBytes(32).toString('base64');
const OTHER_KEY = randomBytes(32).toString('base64');
const ring = KeyRing.parse(`k1:${KEY}`);
const context: EncryptionContext = {
  purpose: 'access-token',
  instance: 'default',
  tenant: 'acme',
  ownerId: 'alice',
  rowId: '018f6f2e-5c3a-7b1e-9a4d-2f1c8b7a6d50',
  powensUserId: '412',
  provider: { apiOrigin: 'https://acme.biapi.pro', clientId: '20000001' },
};

/** The code an opening fails with; fails itself when the value came out or another error did. */
function refusal(envelope: string, of: EncryptionContext = context, by: KeyRing = ring): string {
  try {
    openEnvelope(envelope, of, by);
  } catch (error) {
    expect(error).toBeInstanceOf(CustodyError);
    expect((error as CustodyError).cause).toBeUndefined();
    const printed = inspect(error, { showHidden: true, depth: 9 });
    expect(printed).not.toContain('canary');
    expect(printed).not.toContain(KEY);
    expect(printed).not.toContain('Buffer');
    return (error as CustodyError).code;
  }
  return 'none';
}

describe('an envelope that was tampered with', () => {
  it('should refuse an envelope with any one bit of its text flipped [TC-03, C04]', () => {
    const envelope = Buffer.from(sealEnvelope(TOKEN, context, ring), 'latin1');
    const keyId = { from: 'cx1.a256gcm.'.length, to: 'cx1.a256gcm.k1'.length };
    for (let bit = 0; bit < envelope.length * 8; bit++) {
      const at = bit >> 3;
      const flipped = Buffer.from(envelope);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (bit & 7)), at);
      const code = refusal(flipped.toString('latin1'));

      // Another key id may be well-formed: then the key is what is missing, and nothing else can be said.
      const isKeyId = at >= keyId.from && at < keyId.to;
      expect(isKeyId ? ['key_unavailable', 'token_tampered'] : ['token_tampered']).toContain(code);
    }
  });

  it.each(['iv', 'commitment', 'ciphertext', 'tag'] as const)(
    'should refuse an envelope with any one bit of its %s flipped and well printed [TC-03, C04]',
    (part) => {
      const parts = parseEnvelope(sealEnvelope(TOKEN, context, ring));
      for (let bit = 0; bit < parts[part].length * 8; bit++) {
        const bytes = Buffer.from(parts[part]);
        bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);

        expect(refusal(printEnvelope({ ...parts, [part]: bytes }))).toBe('token_tampered');
      }
    },
  );

  it('should refuse a ciphertext cut or grown [TC-03, C04]', () => {
    const parts = parseEnvelope(sealEnvelope(TOKEN, context, ring));
    const grown = Buffer.concat([parts.ciphertext, Buffer.alloc(1)]);

    expect(refusal(printEnvelope({ ...parts, ciphertext: parts.ciphertext.subarray(1) }))).toBe(
      'token_tampered',
    );
    expect(refusal(printEnvelope({ ...parts, ciphertext: parts.ciphertext.subarray(0, -1) }))).toBe(
      'token_tampered',
    );
    expect(refusal(printEnvelope({ ...parts, ciphertext: grown }))).toBe('token_tampered');
  });

  it.each(['iv', 'commitment', 'ciphertext', 'tag'] as const)(
    'should refuse the %s of another envelope of the same place [TC-03, C04]',
    (part) => {
      const [a, b] = [sealEnvelope(TOKEN, context, ring), sealEnvelope(TOKEN, context, ring)].map(
        parseEnvelope,
      );

      expect(refusal(printEnvelope({ ...a!, [part]: b![part] }))).toBe('token_tampered');
    },
  );

  it.each([
    ['another row', { rowId: '018f6f2e-5c3a-7b1e-9a4d-2f1c8b7a6d51' }],
    ['another owner', { ownerId: 'mallory' }],
    ['the same owner in capitals', { ownerId: 'Alice' }],
    ['another tenant', { tenant: 'umbrella' }],
    ['no tenant', { tenant: '' }],
    ['another instance', { instance: 'second' }],
    ['another purpose', { purpose: 'attempt-token' as const }],
    ['another Powens user [N3]', { powensUserId: '413' }],
    [
      'another API origin [N2]',
      { provider: { apiOrigin: 'https://acme-sandbox.biapi.pro', clientId: '20000001' } },
    ],
    ['another client [N2]', { provider: { apiOrigin: 'https://acme.biapi.pro', clientId: '20000002' } }],
    ['tenant and owner swapped', { tenant: 'alice', ownerId: 'acme' }],
    ['a border moved', { tenant: 'acmea', ownerId: 'lice' }],
    ['an owner that was never selected', { ownerId: undefined as unknown as string }],
    ['an owner that is no text', { ownerId: '\ud800' }],
  ])('should refuse an envelope found at %s [TC-04, TC-27, C05]', (_, change) => {
    const envelope = sealEnvelope(TOKEN, context, ring);

    expect(refusal(envelope)).toBe('none');
    expect(refusal(envelope, { ...context, ...change })).toBe('token_tampered');
  });

  it('should refuse two rows whose envelopes were swapped [TC-04, C05]', () => {
    const [alice, bob] = [
      context,
      { ...context, ownerId: 'bob', rowId: '018f6f2e-0000-7000-8000-000000000002' },
    ];
    const [ofAlice, ofBob] = [sealEnvelope('token a', alice, ring), sealEnvelope('token b', bob, ring)];

    expect(refusal(ofBob, alice)).toBe('token_tampered');
    expect(refusal(ofAlice, bob)).toBe('token_tampered');
  });

  it('should distinguish a missing key from damage, by code [TC-08, C11]', () => {
    const envelope = sealEnvelope(TOKEN, context, ring);

    expect(refusal(envelope, context, KeyRing.parse(`k2:${OTHER_KEY}`))).toBe('key_unavailable');
    expect(refusal(envelope, context, KeyRing.parse(`k1:${OTHER_KEY}`))).toBe('token_tampered');
  });

  it('should never try another key than the one named [TC-08]', () => {
    const renamed = KeyRing.parse(`k1:${OTHER_KEY},k2:${KEY}`);
    const envelope = sealEnvelope(TOKEN, context, ring);

    expect(refusal(envelope, context, renamed)).toBe('token_tampered');
    // Nor does writing the other id into the envelope help: the id is bound too.
    expect(refusal(printEnvelope({ ...parseEnvelope(envelope), keyId: 'k2' }), context, renamed)).toBe(
      'token_tampered',
    );
  });

  it('should refuse GCM without the derivation, as an older or foreign format would have it [TC-06, C08]', () => {
    const [key, iv] = [Buffer.from(KEY, 'base64'), randomBytes(12)];
    const sealed = encryptGcm(key, iv, encodeEncryptionContext(context, 'k1'), Buffer.from(TOKEN));

    expect(refusal(printEnvelope({ keyId: 'k1', iv, commitment: Buffer.alloc(32), ...sealed }))).toBe(
      'token_tampered',
    );
  });

  it.each([
    '',
    TOKEN,
    'ab'.repeat(60),
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1g',
  ])('should refuse what was never sealed: %j [TC-05, C08]', (text) => {
    expect(refusal(text)).toBe('token_tampered');
  });

  it('should answer any text with a CustodyError [TC-05, C07]', () => {
    const parts = parseEnvelope(sealEnvelope(TOKEN, context, ring));
    const segment = fc.oneof(
      fc.constantFrom(...printEnvelope(parts).split('.')),
      fc.string({ unit: 'binary', maxLength: 50 }),
    );
    const anyText = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(segment, { minLength: 6, maxLength: 8 }).map((segments) => segments.join('.')),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        try {
          openEnvelope(text, context, ring);
        } catch (error) {
          return error instanceof CustodyError;
        }
        // The one text that opens may come up by chance.
        return text === printEnvelope(parts);
      }),
      { numRuns: rounds(500, 5_000) },
    );
  });
});
