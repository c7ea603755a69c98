import { randomBytes } from 'node:crypto';
import { format, inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { CustodyError } from '../../errors/custody.error.js';
import { KeyRing } from './key-ring.js';

const A = randomBytes(32);
const B = randomBytes(32);
const a64 = A.toString('base64');
const b64 = B.toString('base64');
const bytesOf = (ring: KeyRing, id: string): Buffer => ring.use(id, (key) => key.export());

/** The canonical spelling with one of the two spare bits of its last digit set: Node decodes it to the same bytes. */
function withSpareBit(base64: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return base64.slice(0, 42) + alphabet.charAt(alphabet.indexOf(base64.charAt(42)) + 1) + '=';
}

describe(KeyRing.name, () => {
  describe('parse', () => {
    it.each([
      ['padded base64', `k1:${a64}`],
      ['unpadded base64', `k1:${a64.replace('=', '')}`],
      ['hex', `k1:${A.toString('hex')}`],
      ['hex in capitals', `k1:${A.toString('hex').toUpperCase()}`],
    ])('should read a key of 32 bytes in %s [TC-07, C10]', (_, spec) => {
      expect(bytesOf(KeyRing.parse(spec), 'k1')).toEqual(A);
      expect(bytesOf(KeyRing.parse([spec]), 'k1')).toEqual(A);
    });

    it('should make the first entry primary and keep the order [TC-08]', () => {
      for (const spec of [`new:${a64},old:${b64}`, [`new:${a64}`, `old:${b64}`]]) {
        const ring = KeyRing.parse(spec);

        expect(ring.primaryId).toBe('new');
        expect(ring.ids).toEqual(['new', 'old']);
        expect(bytesOf(ring, 'new')).toEqual(A);
        expect(bytesOf(ring, 'old')).toEqual(B);
      }
    });

    it('should accept an id of 64 characters, and digits alone, which keep their place [TC-08]', () => {
      const ring = KeyRing.parse(`${'_-aZ09'.padEnd(64, 'x')}:${a64},1:${b64}`);

      expect(ring.ids).toEqual(['_-aZ09'.padEnd(64, 'x'), '1']);
    });

    it.each<[string, string | string[] | undefined]>([
      ['nothing', ''],
      ['an empty list', []],
      ['a variable that is not set', undefined],
      ['no id', a64],
      ['an empty id', `:${a64}`],
      ['an id of 65', `${'k'.repeat(65)}:${a64}`],
      ['an id with a dot', `k.1:${a64}`],
      ['an id beyond ASCII', `ké:${a64}`],
      ['id and key swapped', `${a64}:k1`],
      ['an empty key', 'k1:'],
      ['31 bytes', `k1:${A.subarray(1).toString('base64')}`],
      ['33 bytes', `k1:${Buffer.concat([A, Buffer.from([1])]).toString('base64')}`],
      ['16 bytes', `k1:${A.subarray(16).toString('base64')}`],
      ['64 bytes', `k1:${Buffer.concat([A, B]).toString('base64')}`],
      ['31 bytes of hex', `k1:${A.toString('hex').slice(2)}`],
      ['33 bytes of hex', `k1:${A.toString('hex')}00`],
      ['hex with junk', `k1:${A.toString('hex').slice(1)}g`],
      ['hex with a prefix', `k1:0x${A.toString('hex')}`],
      ['base64url', `k1:${Buffer.alloc(32, 0xfb).toString('base64url')}`],
      ['junk inside base64', `k1:${a64.slice(0, 10)}!${a64.slice(10)}`],
      ['junk in place of a digit', `k1:${a64.slice(0, 10)}!${a64.slice(11)}`],
      ['a line break inside base64', `k1:${a64.slice(0, 10)}\n${a64.slice(10)}`],
      ['spare bits in base64', `k1:${withSpareBit(a64)}`],
      ['too much padding', `k1:${a64}=`],
      ['text after the padding', `k1:${a64}AAAA`],
      ['a space before', ` k1:${a64}`],
      ['a space after', `k1:${a64} `],
      ['a line break after', `k1:${a64}\n`],
      ['a space after the colon', `k1: ${a64}`],
      ['a space after the comma', `k1:${a64}, k2:${b64}`],
      ['quotes', `"k1:${a64}"`],
      ['a passphrase', 'k1:correct horse battery staple canary'],
      ['a passphrase of 32 characters', 'k1:correct-horse-battery-staple-ok!'],
      ['zeros in base64', `k1:${Buffer.alloc(32).toString('base64')}`],
      ['zeros in hex', `k1:${'0'.repeat(64)}`],
      ['a comma at the end', `k1:${a64},`],
      ['two commas', `k1:${a64},,k2:${b64}`],
      ['a comma inside a list', [`k1:${a64},k2:${b64}`]],
      ['the same id twice', `k1:${a64},k1:${b64}`],
      ['the same key twice', `k1:${a64},k2:${a64}`],
      ['the same key twice, spelt differently', `k1:${a64},k2:${A.toString('hex')}`],
      ['a good entry and a bad one', `k1:${a64},k2:short`],
      ['a second colon', `k1:${a64}:`],
    ])('should refuse %s, and not print it [TC-07, C10]', (_, spec) => {
      let error: unknown;
      try {
        KeyRing.parse(spec);
      } catch (thrown) {
        error = thrown;
      }

      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error).toMatchObject({ code: 'configuration_invalid', option: 'keys' });
      const printed = inspect(error, { showHidden: true, depth: 9 });
      const pieces = [spec ?? ''].flat().flatMap((text) => text.split(/[:,\s"]/));
      for (const piece of pieces.filter((text) => text.length > 5)) {
        expect(printed).not.toContain(piece);
      }
    });

    it('should wipe the bytes it decoded, once the key is made [TC-20]', () => {
      const fill = vi.spyOn(Buffer.prototype, 'fill');
      KeyRing.parse(`k1:${a64},k2:${B.toString('hex')}`);
      const wiped = fill.mock.contexts.map((buffer) => (buffer as Buffer).toString('hex'));
      fill.mockRestore();

      expect(wiped).toEqual(['00'.repeat(32), '00'.repeat(32)]);
    });

    it('should say which entry is wrong [TC-07]', () => {
      expect(() => KeyRing.parse(`k1:${a64},k2:short`)).toThrow(/"keys" entry 2 /);
      expect(() => KeyRing.parse(`k1:${a64},k1:${b64}`)).toThrow(/"keys" entry 2 /);
      expect(() => KeyRing.parse('k1')).toThrow(/"keys" entry 1 /);
    });
  });

  describe('use', () => {
    it.each(['k2', '', 'K1', '__proto__', 'constructor', 'toString'])(
      'should refuse the unknown id %j with its own code [TC-08, C11]',
      (id) => {
        const ring = KeyRing.parse(`k1:${a64}`);

        expect(() => ring.use(id, () => 'used')).toThrow(CustodyError);
        expect(() => ring.use(id, () => 'used')).toThrow(
          expect.objectContaining({ code: 'key_unavailable' }),
        );
      },
    );

    it('should return what the consumer returns', () => {
      expect(KeyRing.parse(`k1:${a64}`).use('k1', (key) => key.symmetricKeySize)).toBe(32);
    });
  });

  describe('printing', () => {
    const ring = KeyRing.parse(`k1:${a64},k2:${b64}`);
    const secrets = [A, B].flatMap((key) => [
      key.toString('base64').slice(0, 12),
      key.toString('hex').slice(0, 12),
      [...key.subarray(0, 4)].join(','),
      [...key.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
    ]);

    it.each([
      ['toString()', ring.toString()],
      ['a template', `${String(ring)} ${ring as unknown as string}`],
      ['JSON', JSON.stringify({ ring })],
      ['inspect', inspect({ ring }, { showHidden: true, depth: 9 })],
      ['%s', format('%s', ring)],
      ['%o', format('%o', ring)],
      ['%O', format('%O', ring)],
      ['%j', format('%j', ring)],
    ])('should print [redacted] in %s [TC-14, G08]', (_, printed) => {
      expect(printed).toContain('[redacted]');
      for (const secret of secrets) {
        expect(printed).not.toContain(secret);
      }
    });

    it.each([
      [
        'inspect without its custom form',
        inspect(ring, { showHidden: true, depth: 9, customInspect: false }),
      ],
      ['a spread', inspect(Object.assign({}, ring), { showHidden: true, depth: 9 })],
      ['structuredClone', inspect(structuredClone(ring), { showHidden: true, depth: 9 })],
      ['its own properties', inspect(Object.getOwnPropertyDescriptors(ring), { showHidden: true, depth: 9 })],
    ])('should show ids at most in %s [TC-14, G08]', (_, printed) => {
      for (const secret of secrets) {
        expect(printed).not.toContain(secret);
      }
    });

    it('should not let its ids be changed [TC-08]', () => {
      expect(Object.isFrozen(ring.ids)).toBe(true);
    });
  });
});
