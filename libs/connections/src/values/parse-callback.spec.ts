import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { growth } from '../../../../test/helpers/growth.js';
import { CallbackRefusedError } from '../errors/index.js';
import { KNOWN, model, type Seen } from './__support__/callback-query.model.js';
import { parseCallback } from './parse-callback.js';
import type { WebviewCallback } from './webview-callback.js';
import { rounds } from '../../../../test/helpers/sweeps.js';

const STATE = 'StAtE-0123456789_abcdefghijklmnopqrstuvwxyz';
function seen(query: string): Seen | 'refused' {
  let callback: WebviewCallback;
  try {
    callback = parseCallback(query);
  } catch (error) {
    if (!(error instanceof CallbackRefusedError && error.reason === 'malformed')) {
      throw error;
    }
    return 'refused';
  }
  const { state, code, connectionIds, error } = callback;
  return { state, code: code?.use((clear) => clear) ?? null, connectionIds, error };
}

const spelt = fc.constantFrom(
  ...[
    '',
    STATE,
    `${STATE}x`,
    'a',
    '1',
    '0',
    '01',
    '-1',
    '1e3',
    '0x1',
    '9007199254740993',
    '9'.repeat(19),
    '9'.repeat(20),
  ],
  ...[
    '١٢',
    '1,2',
    '1,,1',
    ',',
    '+',
    '%2B',
    '%252B',
    'a%2Fb%3D%3D',
    '%',
    '%zz',
    '%ff',
    '%c0%af',
    '%ed%a0%80',
    '%00',
    '%0A',
  ],
  ...[
    'access_denied',
    'tos_declined',
    'nonsense',
    'é',
    '😀',
    '\u202e',
    '=',
    '==',
    '%26',
    '__proto__',
    '%EF%BB%BF1',
  ],
);
const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...KNOWN) },
  fc.constantFrom(
    'state[]',
    'state%5B%5D',
    'code.x',
    'state[x',
    '__proto__[x]',
    'constructor',
    'STATE',
    'st%61te',
    '%',
    '',
  ),
);
const pair = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(name, fc.oneof(spelt, fc.string({ unit: 'binary', maxLength: 6 })))
      .map((both) => both.join('=')),
  },
  name,
);
const query = fc
  .tuple(fc.boolean(), fc.array(pair, { maxLength: 6 }))
  .map(([withState, pairs]) => [...(withState ? [`state=${STATE}`] : []), ...pairs].join('&'));

describe(parseCallback.name, () => {
  it('should agree with an independent model of the syntax on thousands of queries [OA-08, G01, G02, G04, G05]', () => {
    let accepted = 0;
    const property = fc.property(query, (text) => {
      const result = seen(text);
      accepted += result === 'refused' ? 0 : 1;
      // `expect` only to tell of a difference: thirty thousand of them would take longer than the property.
      if (!isDeepStrictEqual(result, model(text))) {
        expect(result).toEqual(model(text));
      }
    });
    fc.assert(property, { numRuns: rounds(3000, 30_000) });
    expect(accepted).toBeGreaterThan(rounds(50, 1000));
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('should decode a code exactly once, whatever it is made of [OA-08]', () => {
    const code = fc.stringMatching(/^[\x21-\x7e]{1,200}$/);
    const property = fc.property(code, (clear) => {
      expect(seen(`state=${STATE}&code=${encodeURIComponent(clear)}`)).toMatchObject({ code: clear });
    });
    fc.assert(property, { numRuns: rounds(500, 2000) });
  });

  it.each([
    ['a plus', 'a+b', 'a+b'],
    ['an encoded plus', 'a%2Bb', 'a+b'],
    ['a plus encoded twice', 'a%252Bb', 'a%2Bb'],
    ['slash and padding', 'a/b==', 'a/b=='],
    ['2048 characters', 'c'.repeat(2048), 'c'.repeat(2048)],
  ])('should read %s in a code as it was sent [OA-08]', (_, written, code) => {
    expect(seen(`code=${written}&state=${STATE}`)).toMatchObject({ code });
  });

  it.each([
    ['a second state', `state=${STATE}&state=${STATE}`],
    ['a second code', `state=${STATE}&code=a&code=a`],
    ['a second state, spelt otherwise', `state=${STATE}&st%61te=${STATE}`],
    ['an array', `state[]=${STATE}`],
    ['an array beside the state', `state=${STATE}&state[]=x`],
    ['an object', `state=${STATE}&code[constructor]=x`],
    ['a dotted name', `state=${STATE}&code.constructor=x`],
    ['a space in the code', `state=${STATE}&code=a%20b`],
    ['2049 characters of code', `state=${STATE}&code=${'c'.repeat(2049)}`],
    [
      '51 connections',
      `state=${STATE}&connection_ids=${Array.from({ length: 51 }, (_, index) => index + 1).join(',')}`,
    ],
    ['17 kB', `state=${STATE}&x=${'x'.repeat(17_000)}`],
    ['10 000 parameters', `state=${STATE}&${'a=1&'.repeat(10_000)}`],
  ])('should refuse %s [OA-08, G02, G03]', (_, text) => {
    expect(seen(text)).toBe('refused');
  });

  it.each(['[', '.', '%', 'state[', '&'])(
    'should read a long hostile query of %j in a time that grows with its length only [G17]',
    (part) => {
      const hostile = (length: number): string => part.repeat(50_000).slice(0, length);
      // Eight times longer: a square would be 64.
      expect(growth(seen, hostile(2_000), hostile(16_000))).toBeLessThan(32);
    },
  );

  it('should keep at most 200 printable characters of a description, for the log [OA-22, G06]', () => {
    const property = fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const encoded = encodeURIComponent(text.replace(/\p{Cs}/gu, ''));
      const { errorDescription } = parseCallback(`state=${STATE}&error=x&error_description=${encoded}`);
      expect(errorDescription ?? '').not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(errorDescription?.length ?? 0).toBeLessThanOrEqual(200);
    });
    fc.assert(property, { numRuns: rounds(500, 2000) });
  });
});
