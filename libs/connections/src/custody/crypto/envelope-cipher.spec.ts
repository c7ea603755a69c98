import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decryptGcm, encryptGcm } from './envelope-cipher.js';

type Vector = Record<'name' | 'key' | 'iv' | 'aad' | 'plaintext' | 'ciphertext' | 'tag', string>;

const file = new URL('./__vectors__/aes-256-gcm.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] };
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const key = Buffer.alloc(32, 7);
const iv = Buffer.alloc(12, 9);
const aad = Buffer.from('aad');
const plaintext = Buffer.from('the plaintext');

describe('AES-256-GCM', () => {
  it('should have its vectors', () => {
    expect(vectors).toHaveLength(16);
  });

  it.each(vectors)('should answer as published or independently computed: $name [TC-02, C02]', (vector) => {
    const sealed = encryptGcm(hex(vector.key), hex(vector.iv), hex(vector.aad), hex(vector.plaintext));

    expect(sealed.ciphertext.toString('hex')).toBe(vector.ciphertext);
    expect(sealed.tag.toString('hex')).toBe(vector.tag);
    const given = { ciphertext: hex(vector.ciphertext), tag: hex(vector.tag) };
    expect(decryptGcm(hex(vector.key), hex(vector.iv), hex(vector.aad), given).toString('hex')).toBe(
      vector.plaintext,
    );
  });

  it.each(vectors)('should refuse every one-bit change of the tag: $name [TC-02, C02]', (vector) => {
    for (let bit = 0; bit < 128; bit++) {
      const tag = hex(vector.tag);
      tag.writeUInt8(tag.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const given = { ciphertext: hex(vector.ciphertext), tag };

      expect(() => decryptGcm(hex(vector.key), hex(vector.iv), hex(vector.aad), given)).toThrow();
    }
  });

  it.each([15, 12, 8, 4, 3, 0])('should refuse a tag cut to %d bytes [TC-02, C03]', (length) => {
    const { ciphertext, tag } = encryptGcm(key, iv, aad, plaintext);

    expect(() => decryptGcm(key, iv, aad, { ciphertext, tag: tag.subarray(0, length) })).toThrow();
  });

  it.each([0, 8, 11, 13, 16])('should refuse an IV of %d bytes both ways [TC-02, C03]', (length) => {
    const sealed = encryptGcm(key, iv, aad, plaintext);

    expect(() => encryptGcm(key, Buffer.alloc(length), aad, plaintext)).toThrow(RangeError);
    expect(() => decryptGcm(key, Buffer.alloc(length), aad, sealed)).toThrow(RangeError);
  });

  it.each([0, 16, 24, 31, 33])('should refuse a key of %d bytes both ways [TC-02]', (length) => {
    const sealed = encryptGcm(key, iv, aad, plaintext);

    expect(() => encryptGcm(Buffer.alloc(length), iv, aad, plaintext)).toThrow();
    expect(() => decryptGcm(Buffer.alloc(length), iv, aad, sealed)).toThrow();
  });

  it('should give no plaintext for another AAD, key, IV or ciphertext [TC-03, C04]', () => {
    const sealed = encryptGcm(key, iv, aad, plaintext);
    const other = { ...sealed, ciphertext: Buffer.from(sealed.ciphertext).fill(1, 0, 1) };

    expect(() => decryptGcm(key, iv, Buffer.from('aae'), sealed)).toThrow();
    expect(() => decryptGcm(Buffer.alloc(32, 8), iv, aad, sealed)).toThrow();
    expect(() => decryptGcm(key, Buffer.alloc(12, 8), aad, sealed)).toThrow();
    expect(() => decryptGcm(key, iv, aad, other)).toThrow();
  });
});
