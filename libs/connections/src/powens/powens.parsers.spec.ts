import { describe, expect, it } from 'vitest';
import { parseCode, parseInit, parseToken, parseUser } from './powens.parsers.js';
import { parseExactJson } from '../values/json/exact-json.js';
import { UnexpectedShapeError } from './wire-values.js';

const TOKEN = 'UGVybWFuZW50K1Rva2VuL0V4MTI=';

const read = (body: unknown): string => parseToken(body).use((token) => token);

describe(parseToken.name, () => {
  it.each([
    [{ access_token: TOKEN, token_type: 'Bearer' }],
    [{ auth_token: TOKEN, type: 'permanent' }],
    [{ token: TOKEN }],
    [{ access_token: TOKEN, auth_token: 'other', token: 'third' }],
    [{ access_token: null, auth_token: TOKEN }],
    [{ access_token: TOKEN, token_type: 'bearer', unknown: { field: [] } }],
    [{ access_token: TOKEN, token_type: 'BEARER' }],
    [{ access_token: TOKEN, token_type: null }],
  ])('should read %j [U08] [RL-15]', (body) => {
    expect(read(body)).toBe(TOKEN);
  });

  it('should keep a token of 4096 characters, and of every visible one, as it is', () => {
    const visible = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).join('');
    expect(read({ access_token: visible })).toBe(visible);
    expect(read({ access_token: 'x'.repeat(4_096) })).toHaveLength(4_096);
  });

  it.each(['mac', '', 'Bearer ', 'bearer,mac', 1, {}, ['bearer'], true])(
    'should refuse token_type %j [U08]',
    (type) => {
      expect(() => parseToken({ access_token: TOKEN, token_type: type })).toThrow(UnexpectedShapeError);
    },
  );

  it.each([
    '',
    ' ',
    `${TOKEN} `,
    ` ${TOKEN}`,
    'a b',
    'a\tb',
    'a\r\nx: y',
    'a\n',
    'a\u0000',
    'é',
    '\ud83d\ude00',
    'x'.repeat(4_097),
    'x'.repeat(10_000),
    42,
    9007199254740993n,
    true,
    false,
    null,
    undefined,
    {},
    [TOKEN],
    { toString: () => TOKEN },
  ])('should refuse the token %o [U07]', (token) => {
    expect(() => parseToken({ access_token: token, token_type: 'Bearer' })).toThrow(UnexpectedShapeError);
  });

  it.each([null, undefined, 1, 'text', true, [], [{ access_token: TOKEN }]])(
    'should refuse the body %j [U07]',
    (body) => {
      expect(() => parseToken(body)).toThrow(UnexpectedShapeError);
    },
  );

  it.each([
    '{"__proto__":{"access_token":"x"}}',
    '{"constructor":{"access_token":"x"},"id":9007199254740993}',
  ])('should find no token in the prototype of %s [U07]', (text) => {
    expect(() => parseToken(parseExactJson(text))).toThrow(UnexpectedShapeError);
    expect(({} as Record<string, unknown>)['access_token']).toBeUndefined();
  });

  it('should find no token in a polluted prototype', () => {
    const inherited: unknown = Object.create({ access_token: TOKEN });
    expect(() => parseToken(inherited)).toThrow(UnexpectedShapeError);
  });
});

describe(parseInit.name, () => {
  it.each([
    [{ auth_token: TOKEN, type: 'permanent', id_user: 412, expires_in: null }, '412'],
    [{ auth_token: TOKEN, id_user: '412' }, '412'],
    [{ auth_token: TOKEN }, null],
  ])('should read %j', (body, id) => {
    const { token, powensUserId } = parseInit(body);
    expect(token.use((clear) => clear)).toBe(TOKEN);
    expect(powensUserId).toBe(id);
  });

  it.each([
    { type: 'temporary' },
    { type: 7 },
    { id_user: 0 },
    { id_user: -1 },
    { id_user: 1.5 },
    { id_user: 'x' },
  ])('should refuse %j', (body) => {
    expect(() => parseInit({ auth_token: TOKEN, ...body })).toThrow(UnexpectedShapeError);
  });
});

describe(parseCode.name, () => {
  it('should read a code', () => {
    const code = parseCode({
      code: 'aB3+dE/fG6_hI9jK==',
      type: 'temporary',
      access: 'single',
      expires_in: 1800,
    });
    expect(code.use((clear) => clear)).toBe('aB3+dE/fG6_hI9jK==');
    expect(String(code)).toBe('[redacted]');
  });

  it.each([{}, { code: '' }, { code: 'a b' }, { code: 5 }])('should refuse %j', (body) => {
    expect(() => parseCode(body)).toThrow(UnexpectedShapeError);
  });
});

describe(parseUser.name, () => {
  it.each([
    ['{"id":412,"signin":"2026-03-14 10:20:01","platform":"sharedAccess"}', '412'],
    ['{"id":9007199254740993}', '9007199254740993'],
    ['{"id":9223372036854775807}', '9223372036854775807'],
    ['{"id":"412"}', '412'],
  ])('should keep the id of %s [RL-19]', (text, id) => {
    expect(parseUser(parseExactJson(text))).toMatchObject({ id });
  });

  it('should read when a user was created from a Paris wall clock, and not guess it', () => {
    expect(parseUser({ id: 412, signin: '2026-03-14 10:20:01' }).signin).toEqual(
      new Date('2026-03-14T09:20:01Z'),
    );
    expect(parseUser({ id: 412 }).signin).toBeNull();
    // It decides whether a user was made with a row, or by an attempt: a day does not say so.
    expect(parseUser({ id: 412, signin: '2026-03-14' }).signin).toBeNull();
  });

  it.each([
    '0',
    '-1',
    '1.5',
    '1e400',
    '9007199254740993.5',
    '99999999999999999999',
    '"01"',
    '"1 "',
    '"me"',
    'null',
    '[]',
    '{}',
    'true',
  ])('should refuse the id %s', (id) => {
    expect(() => parseUser(parseExactJson(`{"id":${id}}`))).toThrow(UnexpectedShapeError);
  });
});
