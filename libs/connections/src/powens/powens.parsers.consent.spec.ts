import { describe, expect, it } from 'vitest';
import { parseConnection } from './powens.parsers.js';

const END = '2026-09-10 10:24:12';
const END_UTC = '2026-09-10T08:24:12Z';
const URL_DEATH = '2026-03-14 12:24:12';

const expireOf = (connection: object): Date | null => parseConnection({ id: 1187, ...connection }).expire;

describe('the end of the consent', () => {
  it.each([
    ['the earliest of several sources', {}, [END, '2026-06-01 00:00:00'], '2026-05-31T22:00:00Z'],
    ['the one that is known', {}, [null, END, 'soon', 5], END_UTC],
    ["the connection's own without any", { expire: END }, [null], END_UTC],
    ["the source's, whatever the state", { state: 'webauthRequired', expire: URL_DEATH }, [END], END_UTC],
    ["null rather than the end of the bank's URL", { state: 'webauthRequired', expire: URL_DEATH }, [], null],
    ['null when nothing is known', {}, [], null],
  ])('should be %s', (_, change, ends, expected) => {
    const sources = [
      ...ends.map((end) => ({ id: 1, disabled: null, access_expire: end })),
      { id: 2, disabled: '2026-01-01 00:00:00', access_expire: '2026-01-02 00:00:00' },
      { id: 3, disabled: true, access_expire: '2026-01-02 00:00:00' },
      null,
      'x',
    ];
    expect(expireOf({ ...change, sources })).toEqual(expected === null ? null : new Date(expected));
  });

  it.each([{ id: 1 }, { id: 1, disabled: false }, { id: 1, disabled: null }])(
    'should count the source %j as in use',
    (source) => {
      expect(expireOf({ sources: [{ ...source, access_expire: END }] })).toEqual(new Date(END_UTC));
    },
  );

  it.each([undefined, null, 'x', {}, 5])('should do with sources given as %j', (sources) => {
    expect(expireOf({ sources, expire: END })).toEqual(new Date(END_UTC));
  });
});
