import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../values/json/exact-json.js';
import { amount, flag, looseId, looseText, word, words } from './bank-values.js';

const read = (json: string): string | null => amount(parseExactJson(json));

describe(amount.name, () => {
  it.each([
    ['-16.22', '-16.22'],
    ['1523.450', '1523.45'],
    ['2310.0', '2310'],
    ['0', '0'],
    ['-0', '0'],
    ['-0.00', '0'],
    ['1e3', '1000'],
    ['1.5E-7', '0.00000015'],
    ['1e22', '10000000000000000000000'],
    ['0.1', '0.1'],
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993.01', '-9007199254740993.01'],
    ['0.12345678901234567890', '0.1234567890123456789'],
    ['1234567890.1234567', '1234567890.1234567'],
    ['"1523.45"', '1523.45'],
    ['"-007.50"', '-7.5'],
    ['null', null],
  ])('should read %s as %s', (json, expected) => {
    expect(read(json)).toBe(expected);
  });

  it.each([
    '1e400',
    '-1e400',
    '1e65',
    '"1e999"',
    '"NaN"',
    '"Infinity"',
    '"-Infinity"',
    '""',
    '" 1"',
    '"1,5"',
    '"1 000.00"',
    '"+1"',
    '"0x10"',
    '"1."',
    '".5"',
    'true',
    '{}',
    '[1]',
    `"${'9'.repeat(65)}"`,
  ])('should read %s as none', (json) => {
    expect(read(json)).toBeNull();
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'should read %s as none',
    (value) => {
      expect(amount(value)).toBeNull();
    },
  );

  it('should keep every digit of every decimal', () => {
    const digits = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
    fc.assert(
      fc.property(digits, fc.integer({ min: 0, max: 20 }), (unscaled, scale) => {
        const written = decimal(unscaled, scale);
        const told = read(written) ?? '';
        expect(unscaledOf(told, scale)).toBe(unscaled);
        // The same amount is the same text, however it was written.
        expect(read(JSON.stringify(written))).toBe(told);
        expect(read(JSON.stringify(told))).toBe(told);
        expect(read(`${unscaled}e-${scale}`)).toBe(told);
      }),
    );
  });

  it('should read any value, and as nothing but an amount or none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), fc.jsonValue()), (value) => {
        expect(amount(value) ?? '0').toMatch(/^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/);
      }),
    );
  });
});

describe('tolerant readers', () => {
  it('should take a number for a text, and nothing else', () => {
    expect([5, 'x', '', 9007199254740993n].map(looseText)).toEqual(['5', 'x', '', '9007199254740993']);
    expect([null, undefined, true, {}, []].map(looseText)).toEqual([null, null, null, null, null]);
  });

  it('should take only an id for an id', () => {
    expect([5, '7', 9007199254740993n].map(looseId)).toEqual(['5', '7', '9007199254740993']);
    expect([0, -1, 1.5, 'me', '../1', null].map(looseId)).toEqual([null, null, null, null, null, null]);
  });

  it('should take an object that names itself for its word', () => {
    expect(['EUR', { id: 'EUR', name: 'Euro' }, { name: 'checking' }].map(word)).toEqual([
      'EUR',
      'EUR',
      'checking',
    ]);
    expect([null, {}, [], true].map(word)).toEqual([null, null, null, null]);
    expect(words(['bank', { name: 'bill' }, null, 5])).toEqual(['bank', 'bill', '5']);
    expect(words('bank')).toEqual([]);
  });

  it('should take a number for a yes or no', () => {
    expect([true, 1, 2, false, 0].map((value) => flag(value, false))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect([null, 'true', {}].map((value) => flag(value, true))).toEqual([true, true, true]);
  });
});

function decimal(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? '-' : '';
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return sign + digits.slice(0, digits.length - scale) + (scale === 0 ? '' : `.${digits.slice(-scale)}`);
}

function unscaledOf(text: string, scale: number): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(scale, '0'));
}
