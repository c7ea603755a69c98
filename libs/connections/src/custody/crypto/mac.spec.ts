import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KeyRing } from './key-ring.js';
import { macOf, MAX_AUTHENTICATOR_LENGTH, verifyMac, type MacFormat } from './mac.js';

const KEY = randomBytes(32);
const FORMAT: MacFormat = { version: 'pa1', use: 'powens-user' };
const FIELDS = ['keep', 'default', '', 'ánna'];
const ring = KeyRing.parse(`k1:${KEY.toString('base64')}`);
const other = `k2:${randomBytes(32).toString('base64')}`;
const rotated = KeyRing.parse(`${other},k1:${KEY.toString('base64')}`);

/** Makes an authenticator as the format is documented, with nothing but node:crypto. */
function byTheBook({ version, use }: MacFormat, fields: readonly string[]): string {
  const key = Buffer.from(hkdfSync('sha256', KEY, '', `${version}.hs256 ${use}`, 32));
  const bytes = [version, ...fields, 'k1'].flatMap((field) => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(Buffer.byteLength(field));
    return [count, Buffer.from(field)];
  });
  return `${version}.hs256.k1.${createHmac('sha256', key).update(Buffer.concat(bytes)).digest('base64url')}`;
}

describe(macOf.name, () => {
  it('should give the documented text, for each use', () => {
    for (const format of [FORMAT, { version: 'aa1', use: 'powens-attempt' }]) {
      expect(macOf(format, FIELDS, ring)).toBe(byTheBook(format, FIELDS));
      expect(macOf(format, FIELDS, ring)).toBe(byTheBook(format, FIELDS));
    }
  });

  it('should use the primary key, and fit the column', () => {
    expect(macOf(FORMAT, FIELDS, rotated)).toMatch(/^pa1\.hs256\.k2\./);
    const longest = KeyRing.parse(`${'k'.repeat(64)}:${KEY.toString('base64')}`);
    expect(macOf(FORMAT, FIELDS, longest).length).toBeLessThanOrEqual(MAX_AUTHENTICATOR_LENGTH);
  });
});

describe(verifyMac.name, () => {
  const mac = byTheBook(FORMAT, FIELDS);

  it('should name the key, of the ring or of an older one', () => {
    expect(verifyMac(mac, FORMAT, FIELDS, ring)).toBe('k1');
    expect(verifyMac(mac, FORMAT, FIELDS, rotated)).toBe('k1');
    expect(verifyMac(macOf(FORMAT, FIELDS, rotated), FORMAT, FIELDS, rotated)).toBe('k2');
  });

  it.each([
    ['none', null],
    ['an empty text', ''],
    ['another version', mac.replace('pa1', 'pa2')],
    ['another algorithm', mac.replace('hs256', 'hs512')],
    ['no version', mac.replace('pa1.hs256.', '')],
    ['text before it', ` ${mac}`],
    ['text after it', `${mac}A`],
    ['one character too few', mac.slice(0, -1)],
    ['another MAC', `${mac.slice(0, -43)}${'A'.repeat(43)}`],
    ['spare bits in its last character', withSpareBit(mac)],
  ])('should refuse %s', (_, presented) => {
    expect(verifyMac(presented, FORMAT, FIELDS, ring)).toBeNull();
  });

  it('should refuse other fields, another order, a moved border and another use', () => {
    for (const fields of [
      ['erase', ...FIELDS.slice(1)],
      [...FIELDS].reverse(),
      ['keepdefault', '', '', 'ánna'],
      [...FIELDS, ''],
      FIELDS.slice(0, 3),
    ]) {
      expect(verifyMac(mac, FORMAT, fields, ring)).toBeNull();
    }
    expect(verifyMac(mac, { ...FORMAT, use: 'powens-attempt' }, FIELDS, ring)).toBeNull();
  });

  it('should refuse the key id of another key, and say which key is missing', () => {
    expect(verifyMac(mac.replace('.k1.', '.k2.'), FORMAT, FIELDS, rotated)).toBeNull();
    expect(() => verifyMac(mac, FORMAT, FIELDS, KeyRing.parse(other))).toThrow(
      expect.objectContaining({ code: 'key_unavailable' }),
    );
  });
});

/** The last digit of 32 bytes has two spare bits: decoders ignore them. */
function withSpareBit(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return text.slice(0, -1) + alphabet.charAt(alphabet.indexOf(text.slice(-1)) ^ 1);
}
