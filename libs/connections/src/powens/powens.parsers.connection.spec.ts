import { describe, expect, it } from 'vitest';
import { parseConnection } from './powens.parsers.js';
import { UnexpectedShapeError } from './wire-values.js';

describe(parseConnection.name, () => {
  const wire = {
    id: 1187,
    id_user: 412,
    id_connector: 40,
    connector_uuid: '338178e6-3d01-564f-9a7b-52ca442459bf',
    state: null,
    created: '2026-03-14 10:25:01',
    last_update: '2026-03-14 10:27:40',
    expire: null,
    connector: { id: 40, uuid: 'other', name: 'Connecteur de test' },
  };

  it('should read a connection', () => {
    expect(parseConnection(wire)).toEqual({
      id: '1187',
      userId: '412',
      connectorUuid: '338178e6-3d01-564f-9a7b-52ca442459bf',
      connectorName: 'Connecteur de test',
      state: null,
      created: new Date('2026-03-14T09:25:01Z'),
      lastUpdate: new Date('2026-03-14T09:27:40Z'),
      expire: null,
    });
  });

  it('should do with an id', () => {
    const empty = {
      userId: null,
      connectorUuid: null,
      connectorName: null,
      state: null,
      created: null,
      lastUpdate: null,
      expire: null,
    };
    expect(parseConnection({ id: 1 })).toEqual({ id: '1', ...empty });
    expect(parseConnection({ id: 1, connector: 'x', last_update: 5, expire: 'soon' })).toEqual({
      id: '1',
      ...empty,
    });
  });

  it.each([
    ['', null],
    ['null', null],
    [null, null],
    [undefined, null],
    ['SCARequired', 'SCARequired'],
    ['someFutureState', 'someFutureState'],
  ])('should read the state %j as %j', (state, expected) => {
    expect(parseConnection({ ...wire, state }).state).toBe(expected);
  });

  it('should read days without a time as their beginning', () => {
    const day = new Date('2026-03-13T23:00:00Z');
    const days = { created: '2026-03-14', last_update: '2026-03-14', expire: '2026-03-14' };
    expect(parseConnection({ ...wire, ...days })).toMatchObject({
      ...{ created: day, lastUpdate: day, expire: day },
    });
    const sources = [{ access_expire: '2026-03-14' }, { access_expire: '2026-09-10 08:00:00' }];
    expect(parseConnection({ ...wire, sources })).toMatchObject({ expire: day });
  });

  it.each([
    [{ connector: { name: {} } }, { connectorName: null }],
    [{ connector: { name: ['Banque'] } }, { connectorName: null }],
    [{ connector: { name: 42 } }, { connectorName: '42' }],
    [{ connector_uuid: 5 }, { connectorUuid: 'other' }],
    [{ connector_uuid: {}, connector: { uuid: false } }, { connectorUuid: null }],
    [
      { created: {}, last_update: [], expire: true, sources: [7, null, {}] },
      { created: null, expire: null },
    ],
  ])('should do without what is odd in %j', (change, expected) => {
    expect(parseConnection({ ...wire, ...change })).toMatchObject({ id: '1187', ...expected });
  });

  it.each([
    [5, '5'],
    [{ name: 'wrongpass' }, 'wrongpass'],
    [{ id: 'SCARequired', name: 'other' }, 'SCARequired'],
    [{}, 'unknown'],
    [['wrongpass'], 'unknown'],
    [true, 'unknown'],
    [false, 'unknown'],
  ])('should not read the odd state %j as a good one', (state, expected) => {
    expect(parseConnection({ ...wire, state }).state).toBe(expected);
  });

  it('should take the uuid of the expanded connector when the connection has none', () => {
    expect(parseConnection({ ...wire, connector_uuid: undefined }).connectorUuid).toBe('other');
  });

  it.each([
    ['2099-01-01 00:00:00', null],
    ['9999-12-31', null],
    ['2027-03-14 10:00:00', new Date('2027-03-14T09:00:00Z')],
  ])('should read %s of a synchronisation as a date, unless it is ten years ahead', (at, expected) => {
    expect(parseConnection({ ...wire, last_update: at }).lastUpdate).toEqual(expected);
  });

  it.each([{ id: null }, { id: '../1' }, { id_user: 'x' }, { id_user: {} }])('should refuse %j', (change) => {
    expect(() => parseConnection({ ...wire, ...change })).toThrow(UnexpectedShapeError);
  });
});
