import { describe, expect, it } from 'vitest';
import { ConnectionsError } from '../errors/index.js';
import { metadataOf } from './metadata.js';

const entries = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key ${index}`, '']));

function refusalOf(given: unknown): unknown {
  try {
    return metadataOf(given);
  } catch (error) {
    return error;
  }
}

describe(metadataOf.name, () => {
  it.each([
    {},
    { project: 'atlas', 'cost centre': 'é \u{1f3e6}', empty: '' },
    { ['k'.repeat(64)]: 'v'.repeat(512) },
    { constructor: 'a', toString: 'b', 'a.b': 'c' },
    entries(20),
    Object.assign(Object.create(null) as object, { bare: 'yes' }),
  ])('should take %j', (given) => {
    expect(metadataOf(given)).toEqual(given);
  });

  it('should copy it, so that nobody changes it between the check and the write', () => {
    const given = { project: 'atlas' };
    const taken = metadataOf(given);
    given.project = 'x'.repeat(10_000);
    expect(taken).toEqual({ project: 'atlas' });
  });

  it.each([
    null,
    undefined,
    'text',
    7,
    ['a'],
    new Map([['a', 'b']]),
    new Date(),
    entries(21),
    { '': 'no name' },
    { ['k'.repeat(65)]: '' },
    { long: 'v'.repeat(513) },
    { number: 7 },
    { nothing: null },
    { missing: undefined },
    { nested: { a: 'b' } },
    { list: ['a'] },
    { nul: 'a\u0000' },
    { lines: 'a\nb' },
    { 'a\u0007': '' },
    { half: '\ud83c' },
    JSON.parse('{"__proto__": "x"}'),
  ])('should refuse %o, and repeat nothing of it', (given) => {
    const refusal = refusalOf(given);
    expect(refusal).toBeInstanceOf(ConnectionsError);
    expect(refusal).toMatchObject({ code: 'invalid_request' });
    expect((refusal as Error).message).toBe((refusalOf(null) as Error).message);
  });
});
