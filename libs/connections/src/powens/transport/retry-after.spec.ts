import { describe, expect, it } from 'vitest';
import { retryAfterSeconds } from './retry-after.js';

const NOW = Date.parse('2026-03-14T09:26:53Z');

describe(retryAfterSeconds.name, () => {
  it.each([
    ['1', 1],
    ['0', 0],
    [' 42 ', 42],
    ['60', 60],
    ['61', 60],
    ['86400', 60],
    ['9'.repeat(400), 60],
    ['Sat, 14 Mar 2026 09:27:03 GMT', 10],
    ['Sat, 14 Mar 2026 09:26:53 GMT', 0],
    ['Sat, 14 Mar 2020 09:26:53 GMT', 0],
    ['Sat, 14 Mar 2099 09:26:53 GMT', 60],
  ])('should read "%s" as %i s [U09] [RL-16]', (value, seconds) => {
    expect(retryAfterSeconds(value, NOW)).toBe(seconds);
  });

  it.each([
    undefined,
    null,
    5,
    ['1', '2'],
    '',
    ' ',
    '-1',
    '+1',
    '1.5',
    '1e3',
    '0x10',
    'abc',
    '1, 2',
    '2026-03-14',
    'Sat, 99 Foo 2026 09:26:53 GMT',
  ])('should make no sense of %j [U09]', (value) => {
    expect(retryAfterSeconds(value, NOW)).toBeUndefined();
  });
});
