import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallbackRefusedError } from '../errors/index.js';
import { parseCallback } from './parse-callback.js';
import type { WebviewCallback } from './webview-callback.js';

const STATE = 'StAtE-0123456789_abcdefghijklmnopqrstuvwxyz';
const KNOWN = [
  'state',
  'code',
  'error',
  'error_description',
  'connection_id',
  'connection_ids',
  'id_connection',
];

interface Seen {
  readonly state: string;
  readonly code: string | null;
  readonly connectionIds: readonly string[];
  readonly error: string | null;
}

function seen(query: string): Seen | 'refused' {
  let callback: WebviewCallback;
  try {
    callback = parseCallback(query);
  } catch (error) {
    expect(error).toBeInstanceOf(CallbackRefusedError);
    expect((error as CallbackRefusedError).reason).toBe('malformed');
    return 'refused';
  }
  const { state, code, connectionIds, error } = callback;
  return { state, code: code?.use((clear) => clear) ?? null, connectionIds, error };
}

/** The syntax said again, character by character and without a regular expression. */
function model(query: string): Seen | 'refused' {
  const values = query.length > 16_384 ? null : valuesOf(query.split('&'));
  if (values === null) {
    return 'refused';
  }
  const value = (name: string): string => values.get(name) ?? '';
  const [state, code] = [value('state'), value('code')];
  const ids = ['connection_ids', 'connection_id', 'id_connection']
    .flatMap((name) => value(name).split(','))
    .filter((id) => id !== '');
  const isGood = isState(state) && isCode(code) && ids.length <= 50 && ids.every(isId);
  return isGood
    ? {
        state,
        code: code === '' ? null : code,
        connectionIds: [...new Set(ids)],
        error: wordOf(value('error')),
      }
    : 'refused';
}

function valuesOf(pairs: readonly string[]): Map<string, string> | null {
  const values = new Map<string, string>();
  for (const pair of pairs) {
    const [written = '', ...rest] = pair.split('=');
    const name = percentDecoded(written);
    if (name === null) {
      return null;
    }
    const root = name.split('[')[0]?.split('.')[0] ?? '';
    if (KNOWN.includes(root)) {
      const value = percentDecoded(rest.join('='));
      if (root !== name || values.has(name) || value === null) {
        return null;
      }
      values.set(name, value);
    }
  }
  return values;
}

function wordOf(error: string): string | null {
  const words = ['', 'access_denied', 'server_error', 'tos_declined', 'session_expired'];
  return words.includes(error) ? error || null : 'provider_error';
}

function isState(text: string): boolean {
  return text.length === 43 && [...text].every(isBase64Url);
}

function isCode(text: string): boolean {
  return text.length <= 2048 && [...text].every((letter) => letter > ' ' && letter < '\x7f');
}

function isBase64Url(letter: string): boolean {
  const isLetter = letter >= 'A' && letter <= 'Z';
  return isLetter || (letter >= 'a' && letter <= 'z') || isDigit(letter) || letter === '-' || letter === '_';
}

function isDigit(letter: string): boolean {
  return letter >= '0' && letter <= '9';
}

function isId(text: string): boolean {
  return text.length <= 19 && !text.startsWith('0') && [...text].every(isDigit);
}

/** Bytes, then strict UTF-8; a plus is a plus. Null when it is none. */
function percentDecoded(text: string): string | null {
  const bytes: number[] = [];
  const source = Buffer.from(text, 'utf8');
  for (let at = 0; at < source.length; at += 1) {
    if (source[at] !== 0x25) {
      bytes.push(source[at] as number);
      continue;
    }
    const digits = source.subarray(at + 1, at + 3).toString('latin1');
    if (digits.length < 2 || ![...digits].every((digit) => '0123456789abcdefABCDEF'.includes(digit))) {
      return null;
    }
    bytes.push(Number.parseInt(digits, 16));
    at += 2;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
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
  it('should agree with an independent model of the syntax on 30 000 queries [OA-08, G01, G02, G04, G05]', () => {
    let accepted = 0;
    const property = fc.property(query, (text) => {
      const result = seen(text);
      expect(result).toEqual(model(text));
      if (result !== 'refused') accepted += 1;
    });
    fc.assert(property, { numRuns: 30_000 });
    expect(accepted).toBeGreaterThan(1000);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('should decode a code exactly once, whatever it is made of [OA-08]', () => {
    const code = fc.stringMatching(/^[\x21-\x7e]{1,200}$/);
    const property = fc.property(code, (clear) => {
      expect(seen(`state=${STATE}&code=${encodeURIComponent(clear)}`)).toMatchObject({ code: clear });
    });
    fc.assert(property, { numRuns: 2000 });
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

  it('should read a long hostile query in no time [G17]', () => {
    const started = performance.now();
    for (const text of ['[', '.', '%', 'state[', '&'].map((part) => part.repeat(50_000).slice(0, 16_000))) {
      seen(text);
    }
    expect(performance.now() - started).toBeLessThan(100);
  });

  it('should keep at most 200 printable characters of a description, for the log [OA-22, G06]', () => {
    const property = fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const encoded = encodeURIComponent(text.replace(/\p{Cs}/gu, ''));
      const { errorDescription } = parseCallback(`state=${STATE}&error=x&error_description=${encoded}`);
      expect(errorDescription ?? '').not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(errorDescription?.length ?? 0).toBeLessThanOrEqual(200);
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
