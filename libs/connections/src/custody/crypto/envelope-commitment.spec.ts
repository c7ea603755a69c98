import { createCipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CustodyError } from '../../errors/custody.error.js';
import { encodeEncryptionContext, type EncryptionContext } from './encryption-context.js';
import { decryptGcm } from './envelope-cipher.js';
import { printEnvelope } from './envelope-format.js';
import { deriveEnvelopeKeys } from './envelope-keys.js';
import { openEnvelope } from './envelope.js';
import { KeyRing } from './key-ring.js';

const context: EncryptionContext = {
  purpose: 'access-token',
  instance: 'default',
  tenant: '',
  ownerId: 'alice',
  rowId: '42',
  powensUserId: '412',
  provider: { apiOrigin: 'https://acme.biapi.pro', clientId: '20000001' },
};

/** Product in GF(2^128) as SP 800-38D, section 6.3, writes it: the first bit is the highest. */
function multiply(x: bigint, y: bigint): bigint {
  let product = 0n;
  let v = y;
  for (let bit = 127n; bit >= 0n; bit--) {
    product ^= (x >> bit) & 1n ? v : 0n;
    v = v & 1n ? (v >> 1n) ^ (0xe1n << 120n) : v >> 1n;
  }
  return product;
}

/** x^(2^128 - 2). */
function invert(x: bigint): bigint {
  let result = 1n << 127n;
  let power = x;
  for (let bit = 1; bit < 128; bit++) {
    power = multiply(power, power);
    result = multiply(result, power);
  }
  return result;
}

const toNumber = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`);
const toBytes = (number: bigint): Buffer => Buffer.from(number.toString(16).padStart(32, '0'), 'hex');

function encryptBlock(key: Buffer, block: Buffer): bigint {
  return toNumber(createCipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(block));
}

/** The tag of a one-block ciphertext C is `constant ^ C·square`: gives both. */
function tagEquation(key: Buffer, iv: Buffer, aad: Buffer): { constant: bigint; square: bigint } {
  const h = encryptBlock(key, Buffer.alloc(16));
  const square = multiply(h, h);
  let hashed = 0n;
  for (let at = 0; at < aad.length; at += 16) {
    const block = Buffer.alloc(16);
    aad.copy(block, 0, at, Math.min(at + 16, aad.length));
    hashed = multiply(hashed ^ toNumber(block), h);
  }
  const lengths = (BigInt(aad.length * 8) << 64n) | 128n;
  const mask = encryptBlock(key, Buffer.concat([iv, Buffer.from([0, 0, 0, 1])]));
  return { constant: multiply(hashed, square) ^ multiply(lengths, h) ^ mask, square };
}

/** Finds the one block whose tag is the same under both keys. */
function forge(
  keys: readonly [Buffer, Buffer],
  iv: Buffer,
  aad: Buffer,
): { ciphertext: Buffer; tag: Buffer } {
  const [a, b] = [tagEquation(keys[0], iv, aad), tagEquation(keys[1], iv, aad)];
  const block = multiply(a.constant ^ b.constant, invert(a.square ^ b.square));
  return { ciphertext: toBytes(block), tag: toBytes(a.constant ^ multiply(block, a.square)) };
}

describe('key commitment', () => {
  // Two rings that know different keys under one id: a tenant's and another's, or before and after a bad rotation.
  const ringKeys = [randomBytes(32), randomBytes(32)] as const;
  const rings = ringKeys.map((key) => KeyRing.parse(`k1:${key.toString('base64')}`));
  const [iv, aad] = [randomBytes(12), encodeEncryptionContext(context, 'k1')];
  const derived = ringKeys.map((key) => deriveEnvelopeKeys(createSecretKey(key), iv, aad));
  const forged = forge([derived[0]!.encryptionKey, derived[1]!.encryptionKey], iv, aad);

  it('should be needed: GCM alone takes the crafted ciphertext under both keys [TC-06, C09]', () => {
    const [first, second] = derived.map(({ encryptionKey }) => decryptGcm(encryptionKey, iv, aad, forged));

    expect(first).toHaveLength(16);
    expect(second).toHaveLength(16);
    expect(first).not.toEqual(second);
  });

  it('should let a crafted ciphertext open under the one key it commits to [TC-06, C09]', () => {
    for (const chosen of [0, 1]) {
      const envelope = printEnvelope({ keyId: 'k1', iv, commitment: derived[chosen]!.commitment, ...forged });

      expect(() => openEnvelope(envelope, context, rings[chosen]!)).not.toThrow();
      expect(() => openEnvelope(envelope, context, rings[1 - chosen]!)).toThrow(CustodyError);
      expect(() => openEnvelope(envelope, context, rings[1 - chosen]!)).toThrow(
        expect.objectContaining({ code: 'token_tampered' }),
      );
    }
  });
});
