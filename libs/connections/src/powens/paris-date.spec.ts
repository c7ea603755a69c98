import { describe, expect, it } from 'vitest';
import { parisDate, parisDateTime } from './paris-date.js';

const read = (value: unknown): string | undefined => parisDate(value)?.toISOString();

describe(parisDate.name, () => {
  it.each([
    ['2026-03-14 09:26:53', '2026-03-14T08:26:53.000Z'],
    ['2026-07-14 09:26:53', '2026-07-14T07:26:53.000Z'],
    ['2026-03-14T09:26:53', '2026-03-14T08:26:53.000Z'],
    ['2019-08-02 17:21:59.351997', '2019-08-02T15:21:59.351Z'],
    ['2019-08-02 17:21:59.3', '2019-08-02T15:21:59.300Z'],
    ['2026-03-14T09:26:53Z', '2026-03-14T08:26:53.000Z'],
    ['2026-03-14 09:26:53 +0200', '2026-03-14T08:26:53.000Z'],
    ['2026-03-14T09:26:53-05:00', '2026-03-14T08:26:53.000Z'],
    ['2024-02-29 00:00:00', '2024-02-28T23:00:00.000Z'],
    ['2026-01-01 00:00:00', '2025-12-31T23:00:00.000Z'],
  ])('should read %s as %s', (wire, utc) => {
    expect(read(wire)).toBe(utc);
  });

  it.each([
    ['before the gap', '2026-03-29 01:59:59', '2026-03-29T00:59:59.000Z'],
    ['in the gap', '2026-03-29 02:00:00', '2026-03-29T01:00:00.000Z'],
    ['late in the gap', '2026-03-29 02:59:59', '2026-03-29T01:59:59.000Z'],
    ['after the gap', '2026-03-29 03:00:00', '2026-03-29T01:00:00.000Z'],
    ['before the overlap', '2026-10-25 01:59:59', '2026-10-24T23:59:59.000Z'],
    ['in the overlap', '2026-10-25 02:30:00', '2026-10-25T00:30:00.000Z'],
    ['after the overlap', '2026-10-25 03:00:00', '2026-10-25T02:00:00.000Z'],
  ])('should know the change of clocks, %s', (_, wire, utc) => {
    expect(read(wire)).toBe(utc);
  });

  it.each([
    null,
    undefined,
    '',
    0,
    1_773_480_000,
    {},
    [],
    'null',
    '2026-3-14',
    '2026-02-30',
    '0000-00-00',
    '2026-03-14T',
    '2026-03-14 ',
    '2026-03-14Z',
    '20260314',
    '2026-03',
    '2026-3-14 09:26:53',
    '2026-02-30 00:00:00',
    '2026-13-01 00:00:00',
    '2026-00-10 00:00:00',
    '2026-03-14 24:00:00',
    '2026-03-14 23:60:00',
    '2026-03-14 23:59:60',
    '0026-03-14 09:26:53',
    '2026-03-14 09:26:53 Europe/Paris',
    ' 2026-03-14 09:26:53',
  ])('should read %j as no date', (wire) => {
    expect(parisDate(wire)).toBeNull();
  });

  it.each([
    ['2026-03-14', '2026-03-13T23:00:00.000Z'],
    ['2026-07-14', '2026-07-13T22:00:00.000Z'],
    ['2024-02-29', '2024-02-28T23:00:00.000Z'],
    ['2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['2026-10-25', '2026-10-24T22:00:00.000Z'],
  ])('should read the day %s as its beginning, and as no time', (wire, utc) => {
    expect(read(wire)).toBe(utc);
    expect(parisDateTime(wire)).toBeNull();
  });

  it('should agree with Intl on every hour of forty years', () => {
    const paris = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Paris',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    const from = Date.UTC(2000, 0, 1);
    for (let hour = 0; hour < 40 * 8_766; hour += 59) {
      const at = from + hour * 3_600_000;
      const wire = paris.format(at);
      const back = parisDate(wire);
      // An hour that the clocks show twice reads as the first.
      expect(paris.format(back ?? 0)).toBe(wire);
    }
  });
});
