import { describe, expect, it } from 'vitest';
import { assertBounded } from './bounds.js';

const nested = (depth: number): unknown => JSON.parse(`${'[['.repeat(depth / 2)}${']]'.repeat(depth / 2)}`);

describe(assertBounded.name, () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    [
      'a body as the routes take it',
      { connectorFields: { a: { b: 'c' } }, connectorUuids: ['x'], lang: 'fr' },
    ],
    ['a list of 100', Array(100).fill('x')],
    ['a text of 8400 characters', 'x'.repeat(8400)],
  ])('should take %s [N16]', (_, value) => {
    expect(() => {
      assertBounded(value);
    }).not.toThrow();
  });

  it.each<[string, unknown]>([
    ['a list of 101', { connectorUuids: Array(101).fill('x') }],
    ['a list of 10 000 equal texts', { connectorUuids: Array(10_000).fill('x') }],
    ['101 names', Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`n${index}`, 1]))],
    ['a name of 129 characters', { ['n'.repeat(129)]: 1 }],
    ['a prototype', JSON.parse('{"connectorFields": {"__proto__": {"lang": "fr"}}}') as unknown],
    ['a constructor', { constructor: { prototype: { lang: 'fr' } } }],
    ['a text of 8401 characters', { lang: 'x'.repeat(8401) }],
    ['10 KiB of nesting', { x: nested(10_240) }],
    ['nesting that no stack holds', { connectorFields: nested(1_000_000) }],
    ['little of each, and too much of it all', Array(100).fill(Array(100).fill(1))],
  ])('should refuse %s without an overflow [N16, N17]', (_, value) => {
    expect(() => {
      assertBounded(value);
    }).toThrow(expect.objectContaining({ code: 'invalid_request' }) as Error);
  });

  it('should look at no item of a list that is too long [N16]', () => {
    let read = 0;
    const list = new Proxy(Array(10_000).fill('x') as string[], {
      get: (target, name) => {
        read += name === 'length' ? 0 : 1;
        return Reflect.get(target, name) as unknown;
      },
    });
    expect(() => {
      assertBounded({ list });
    }).toThrow();
    expect(read).toBe(0);
  });
});
