import { describe, expect, it } from 'vitest';
import { LongDecimal, parseExactJson } from './exact-json.js';

describe(parseExactJson.name, () => {
  it.each([
    ['9007199254740993', 9007199254740993n],
    ['{"id":9007199254740993}', { id: 9007199254740993n }],
    ['[1,9223372036854775807]', [1, 9223372036854775807n]],
    ['{"id": -9007199254740993}', { id: -9007199254740993n }],
    ['{"id":\n\t1234567890123456}', { id: 1234567890123456 }],
    ['{"a":{"b":[{"id":12345678901234567890}]}}', { a: { b: [{ id: 12345678901234567890n }] } }],
  ])('should keep every digit of %s [RL-19]', (text, value) => {
    expect(parseExactJson(text)).toEqual(value);
  });

  it.each([
    ['{"value":0.12345678901234567890}', { value: new LongDecimal('0.12345678901234567890') }],
    ['[-1234567890123456.5e-3]', [new LongDecimal('-1234567890123456.5e-3')]],
    ['{"value":0.0000000000000000001}', { value: 1e-19 }],
    ['{"value":-1234567890123.45}', { value: -1234567890123.45 }],
  ])('should keep every decimal of %s', (text, value) => {
    expect(parseExactJson(text)).toEqual(value);
  });

  it.each([
    '{"id":412,"name":"x"}',
    '{"iban":"FR7630006000011234567890189","n":1.5}',
    '{"note":":1234567890123456789","n":1e3}',
    '"\\u0000\\ud83d\\ude00"',
    '{"":[],"a":{}}',
    ' null ',
  ])('should read %s as JSON.parse does', (text) => {
    expect(parseExactJson(text)).toEqual(JSON.parse(text));
  });

  it('should let the last of two equal keys win on both ways [U08]', () => {
    expect(parseExactJson('{"a":1,"a":2}')).toEqual({ a: 2 });
    expect(parseExactJson('{"a":1,"a":2,"b":9007199254740993}')).toEqual({ a: 2, b: 9007199254740993n });
  });

  it('should pollute nothing on either way [U07]', () => {
    for (const id of ['1', '9007199254740993']) {
      parseExactJson(`{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"id":${id}}`);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each([
    '',
    ' ',
    '{',
    '{"a":1,}',
    "{'a':1}",
    '[1,]',
    '01',
    'NaN',
    '{"a":1}x',
    '{"id":9007199254740993',
    '"\t"',
    '\ufeff{}',
  ])('should refuse %j [U05]', (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });
});
