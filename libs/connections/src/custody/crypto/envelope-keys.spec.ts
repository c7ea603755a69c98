import { createHash, createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deriveEnvelopeKeys } from './envelope-keys.js';

const hmac = (key: Buffer, ...data: Buffer[]): Buffer =>
  createHmac('sha256', key).update(Buffer.concat(data)).digest();

/** RFC 5869, sections 2.2 and 2.3, step by step. */
function hkdf(inputKey: Buffer, salt: Buffer, info: Buffer): Buffer {
  const pseudoRandomKey = hmac(salt, inputKey);
  const first = hmac(pseudoRandomKey, info, Buffer.from([1]));
  return Buffer.concat([first, hmac(pseudoRandomKey, first, info, Buffer.from([2]))]);
}

describe(deriveEnvelopeKeys.name, () => {
  it('should be HKDF-SHA-256 of RFC 5869 with the documented salt and info [TC-06, C17]', () => {
    for (let round = 0; round < 50; round++) {
      const [key, iv, aad] = [randomBytes(32), randomBytes(12), randomBytes(round * 5)];
      const salt = Buffer.concat([iv, createHash('sha256').update(aad).digest()]);
      const expected = hkdf(key, salt, Buffer.from('cx1.a256gcm'));

      const { encryptionKey, commitment } = deriveEnvelopeKeys(createSecretKey(key), iv, aad);

      expect(encryptionKey).toEqual(expected.subarray(0, 32));
      expect(commitment).toEqual(expected.subarray(32));
    }
  });

  it('should compute as RFC 5869 does, by the check above [C17]', () => {
    // Test case 1 of RFC 5869, cut to the two blocks that the helper makes.
    const okm = hkdf(
      Buffer.alloc(22, 0x0b),
      Buffer.from('000102030405060708090a0b0c', 'hex'),
      Buffer.from('f0f1f2f3f4f5f6f7f8f9', 'hex'),
    );

    expect(okm.subarray(0, 42).toString('hex')).toBe(
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    );
  });

  it('should change both halves with key, IV and context [TC-06]', () => {
    const [key, iv, aad] = [createSecretKey(Buffer.alloc(32, 1)), Buffer.alloc(12, 2), Buffer.from('aad')];
    const base = deriveEnvelopeKeys(key, iv, aad);
    const others = [
      deriveEnvelopeKeys(createSecretKey(Buffer.alloc(32, 3)), iv, aad),
      deriveEnvelopeKeys(key, Buffer.alloc(12, 3), aad),
      deriveEnvelopeKeys(key, iv, Buffer.from('aae')),
    ];

    for (const other of others) {
      expect(other.encryptionKey).not.toEqual(base.encryptionKey);
      expect(other.commitment).not.toEqual(base.commitment);
    }
  });

  it('should give views of the one buffer that the caller wipes [TC-20]', () => {
    const keys = deriveEnvelopeKeys(createSecretKey(Buffer.alloc(32, 1)), Buffer.alloc(12), Buffer.alloc(0));

    keys.material.fill(0);

    expect(keys.encryptionKey).toEqual(Buffer.alloc(32));
    expect(keys.commitment).toEqual(Buffer.alloc(32));
  });
});
