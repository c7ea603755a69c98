import { describe, expect, it } from 'vitest';
import { UnexpectedShapeError } from '../wire-values.js';
import { parseRedirectUris } from './client-application.js';

const A = 'https://app.example.test/connections/callback';
const B = 'https://b.example.test/callback';

describe(parseRedirectUris.name, () => {
  it.each([
    [
      [A, B],
      [A, B],
    ],
    [`${A},${B}`, [A, B]],
    [`${A}\r\n${B}\n`, [A, B]],
    [` ${A} , \n ${B} `, [A, B]],
    [[` ${A}`, null, 5, ''], [A]],
    ['', []],
    [[], []],
  ])('should read %j', (listed, expected) => {
    expect(parseRedirectUris({ id: 1, redirect_uris: listed })).toEqual(expected);
  });

  it.each([null, undefined, 5, {}, true])('should not take %j for an empty list', (listed) => {
    expect(() => parseRedirectUris({ redirect_uris: listed })).toThrow(UnexpectedShapeError);
  });
});
