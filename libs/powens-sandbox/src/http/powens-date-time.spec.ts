import { describe, expect, it } from 'vitest';
import { powensDate, powensDateTime } from './powens-date-time.js';

describe(powensDateTime.name, () => {
  it.each([
    ['2026-03-14T08:26:53.900Z', '2026-03-14 09:26:53'],
    ['2026-07-01T22:30:00Z', '2026-07-02 00:30:00'],
    ['2026-03-29T00:59:59Z', '2026-03-29 01:59:59'],
    ['2026-03-29T01:00:00Z', '2026-03-29 03:00:00'],
    ['2026-10-25T01:00:00Z', '2026-10-25 02:00:00'],
  ])('should write %s as %s', (instant, wall) => {
    expect(powensDateTime(Date.parse(instant))).toBe(wall);
  });

  it('should take the day from the Paris clock', () => {
    expect(powensDate(Date.parse('2026-12-31T23:30:00Z'))).toBe('2027-01-01');
  });
});
