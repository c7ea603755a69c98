import { describe, expect, it } from 'vitest';
import { parseExpand } from './expand.js';
import type { Expansion } from './expand.js';

function tree(expansion: Expansion): unknown {
  return Object.fromEntries([...expansion].map(([name, inside]) => [name, tree(inside)]));
}

describe(parseExpand.name, () => {
  it.each([
    [undefined, {}],
    ['', {}],
    ['a,b', { a: {}, b: {} }],
    ['a,b[c]', { a: {}, b: { c: {} } }],
    ['a[b[c,d],e],f', { a: { b: { c: {}, d: {} }, e: {} }, f: {} }],
    ['a[b', { a: { b: {} } }],
    ['a]b', { a: {} }],
  ])('should read %s', (text, expected) => {
    expect(tree(parseExpand(text))).toEqual(expected);
  });
});
