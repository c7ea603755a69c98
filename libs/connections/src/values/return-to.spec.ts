import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownPath, withAttempt } from './return-to.js';
import { rounds } from '../../../../test/helpers/sweeps.js';

const ORIGIN = 'https://app.example.test';

/** What browsers, proxies and parsers have been seen to disagree on. */
const HOSTILE = [
  ...[
    '/',
    '\\',
    '//',
    '/\\',
    '\\/',
    '.',
    '..',
    '/./',
    '/../',
    ':',
    '@',
    '?',
    '#',
    '%2f',
    '%5c',
    '%09',
    '%00',
    '%2e',
  ],
  ...[
    'evil.test',
    'http:',
    'https:',
    'javascript:',
    'data:',
    '\t',
    '\n',
    '\r',
    '\0',
    ' ',
    '\u2028',
    '\u3002',
    '\uff0f',
  ],
  ...['\uff20', '\u2024', '\ud800', 'é', '[::1]', '0x7f.1', ';', '&', '=', 'attempt', '<', '>', '"', "'"],
];

const hostile = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 4 })), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

describe(ownPath.name, () => {
  it('should keep what is accepted on the own origin, for thousands of hostile texts [OA-17, A20, A21, A22]', () => {
    let accepted = 0;
    const property = fc.property(hostile, fc.boolean(), (text, rooted) => {
      const path = ownPath(rooted ? `/${text}` : text, ORIGIN);
      if (path === null) return;
      accepted += 1;
      const isOurs = [path, withAttempt(path, 'id')].every(
        // As a lax reader would: a backslash is a slash, control characters and spaces are not there.
        (location) =>
          new URL(location, ORIGIN).origin === ORIGIN && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(location),
      );
      if (!isOurs || ownPath(path, ORIGIN) !== path) {
        expect.fail(`${JSON.stringify(text)} leads to ${JSON.stringify(path)}`);
      }
    });
    fc.assert(property, { numRuns: rounds(3000, 30_000) });
    // The property says nothing about a function that refuses everything.
    expect(accepted).toBeGreaterThan(rounds(50, 1000));
  });

  it('should accept every path of ordinary segments, query and fragment as it is', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9_~-]{1,12}$/);
    const ordinary = fc
      .tuple(fc.array(word, { minLength: 1, maxLength: 5 }), fc.option(word), fc.option(word))
      .map(([segments, query, hash]) => {
        const search = query === null ? '' : `?q=${query}`;
        return `/${segments.join('/')}${search}${hash === null ? '' : `#${hash}`}`;
      });
    const property = fc.property(ordinary, (path) => {
      expect(ownPath(path, ORIGIN)).toBe(path);
    });
    fc.assert(property);
  });

  it.each([2048, 700])(
    'should refuse a path that outgrows its column once it is written in ASCII, of %i characters',
    (length) => {
      expect(ownPath(`/${'é'.repeat(length - 1)}`, ORIGIN)).toBeNull();
      expect(ownPath(`/${'€'.repeat(length - 1)}`, ORIGIN)).toBeNull();
      expect(ownPath(`/${'e'.repeat(2047)}`, ORIGIN)).toBe(`/${'e'.repeat(2047)}`);
      expect(ownPath(`/${'e'.repeat(2048)}`, ORIGIN)).toBeNull();
    },
  );
});

describe(withAttempt.name, () => {
  it('should leave one attempt parameter and all the others, in their order', () => {
    const pairs = fc.array(
      fc.tuple(fc.constantFrom('a', 'b', 'attempt', 'attempts'), fc.stringMatching(/^\w{0,5}$/)),
    );
    const property = fc.property(pairs, fc.stringMatching(/^\w{1,5}$/), (given, hash) => {
      const search = given.map(([name, value]) => `${name}=${value}`).join('&');
      const landed = new URL(withAttempt(`/x?${search}#${hash}`, 'id'), ORIGIN);
      const others = given.filter(([name]) => name !== 'attempt');
      expect([...landed.searchParams]).toEqual([...others, ['attempt', 'id']]);
      expect(landed.hash).toBe(`#${hash}`);
    });
    fc.assert(property);
  });

  it.each(['%61ttempt', 'attemp%74', 'ATTEMPT'])('should not let %s speak for the attempt', (name) => {
    const { searchParams } = new URL(withAttempt(`/x?${name}=forged`, 'id'), ORIGIN);
    expect(searchParams.getAll('attempt')).toEqual(['id']);
  });
});
