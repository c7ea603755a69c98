import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../values/json/exact-json.js';
import { UnexpectedShapeError } from '../wire-values.js';
import { ApiPath } from './api-path.js';
import { parseAccount, parseDocument, parseTransaction } from './bank.parsers.js';
import { parsePage } from './parse-page.js';
import { plainJson } from './plain-json.js';

const PARSERS = [parseAccount, parseTransaction, parseDocument];

const ACCOUNT = {
  id: 5301,
  id_connection: 1187,
  id_parent: null,
  number: '00012345678',
  original_name: 'Compte courant',
  name: 'Courant',
  balance: 1523.45,
  coming: -20.0,
  last_update: '2026-03-14 10:27:40',
  deleted: null,
  disabled: '2026-03-14 10:24:30',
  iban: 'FR7630006000011234567890189',
  currency: { id: 'EUR', name: 'Euro', symbol: '€', prefix: false, precision: 2 },
  type: 'checking',
  error: null,
  usage: 'PRIV',
  ownership: 'owner',
  company_name: null,
  loan: { unknown: ['field'] },
};

describe(parseAccount.name, () => {
  it('should read an account', () => {
    expect(parseAccount(ACCOUNT)).toEqual({
      id: '5301',
      powensConnectionId: '1187',
      parentId: null,
      name: 'Courant',
      originalName: 'Compte courant',
      number: '00012345678',
      iban: 'FR7630006000011234567890189',
      type: 'checking',
      usage: 'PRIV',
      ownership: 'owner',
      companyName: null,
      balance: '1523.45',
      coming: '-20',
      currency: 'EUR',
      isEnabled: false,
      disabledAt: new Date('2026-03-14T09:24:30Z'),
      deletedAt: null,
      lastUpdatedAt: new Date('2026-03-14T09:27:40Z'),
      error: null,
      raw: expect.objectContaining({ id: 5301, name: 'Courant' }) as object,
    });
  });

  it.each([
    ['currency', 'EUR', { currency: 'EUR' }],
    ['currency', null, { currency: null }],
    ['type', { name: 'checking' }, { type: 'checking' }],
    ['type', 'someFutureType', { type: 'someFutureType' }],
    ['usage', 5, { usage: '5' }],
    ['number', 12345678, { number: '12345678' }],
    ['disabled', null, { isEnabled: true, disabledAt: null }],
    ['disabled', false, { isEnabled: true, disabledAt: null }],
    ['disabled', true, { isEnabled: false, disabledAt: null }],
    ['disabled', 'yesterday', { isEnabled: false, disabledAt: null }],
    ['id_connection', 0, { powensConnectionId: null }],
    ['id', '5301', { id: '5301' }],
  ])('should tolerate as %s the value %j', (field, value, expected) => {
    expect(parseAccount({ ...ACCOUNT, [field]: value })).toMatchObject(expected);
  });

  it('should keep a huge id and every digit of an amount [RL-19]', () => {
    const text = '{"id":9007199254740993,"id_connection":9223372036854775807,"balance":123456789012345.678}';
    expect(parseAccount(parseExactJson(text))).toMatchObject({
      id: '9007199254740993',
      powensConnectionId: '9223372036854775807',
      balance: '123456789012345.678',
    });
  });

  it.each([{ id: 0 }, { id: 'x' }, { id: null }])('should refuse %j', (change) => {
    expect(() => parseAccount({ ...ACCOUNT, ...change })).toThrow(UnexpectedShapeError);
  });

  it.each([
    [{ balance: 'NaN' }, { balance: null, coming: '-20', raw: { balance: 'NaN' } }],
    [{ coming: {} }, { balance: '1523.45', coming: null, raw: { coming: {} } }],
    [{ balance: '1 523,45' }, { balance: null, raw: { balance: '1 523,45' } }],
  ])(
    'should leave out an amount that is none, rather than the account, and keep it as it came: %j',
    (change, read) => {
      expect(parseAccount({ ...ACCOUNT, ...change })).toMatchObject(read);
    },
  );
});

describe(parseTransaction.name, () => {
  it('should read a transaction, and leave days as they are', () => {
    const wire = {
      id: 980001,
      id_account: 5301,
      date: '2026-03-13',
      rdate: '2026-03-12',
      application_date: '2026-03-13',
      value: -16.22,
      original_value: 18.5,
      original_currency: { id: 'USD' },
      type: 'card',
      original_wording: 'CB BOULANGERIE 12/03',
      simplified_wording: 'BOULANGERIE',
      wording: 'BOULANGERIE',
      coming: false,
      active: true,
      deleted: null,
      last_update: '2026-03-14 10:27:38',
    };
    expect(parseTransaction(wire)).toEqual({
      id: '980001',
      accountId: '5301',
      date: '2026-03-13',
      realizedOn: '2026-03-12',
      appliedOn: '2026-03-13',
      valuedOn: null,
      value: '-16.22',
      originalValue: '18.5',
      originalCurrency: 'USD',
      type: 'card',
      wording: 'BOULANGERIE',
      originalWording: 'CB BOULANGERIE 12/03',
      simplifiedWording: 'BOULANGERIE',
      comment: null,
      categories: [],
      isComing: false,
      isActive: true,
      deletedAt: null,
      lastUpdatedAt: new Date('2026-03-14T09:27:38Z'),
      raw: expect.objectContaining({ id: 980001, value: -16.22 }) as object,
    });
  });

  it('should read its categories, and keep what it does not name', () => {
    const categories = [{ code: 'bread', parent_code: 'food' }, { code: 'all' }, null];
    expect(parseTransaction({ id: 1, id_account: 2, categories, comment: 'x', card: '4970' })).toMatchObject({
      categories: [
        { code: 'bread', parentCode: 'food' },
        { code: 'all', parentCode: null },
      ],
      ...{ comment: 'x', raw: { card: '4970' } },
    });
  });

  it('should refuse one that is of no account', () => {
    expect(() => parseTransaction({ id: 1, id_account: null })).toThrow(UnexpectedShapeError);
  });
});

describe('all of them', () => {
  it('should do with ids alone, ignore unknown fields, and pollute nothing', () => {
    const text = '{"id":1,"id_account":2,"__proto__":{"polluted":1},"brandNew":{"a":[]}}';
    for (const parse of PARSERS) {
      expect(parse(parseExactJson(text))).toMatchObject({ id: '1' });
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('should answer any JSON with a value or one error', () => {
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record({ id: fc.integer({ min: 1 }), id_account: fc.jsonValue(), currency: fc.jsonValue() }),
      fc.dictionary(fc.constantFrom(...Object.keys(ACCOUNT)), fc.jsonValue()),
    );
    fc.assert(
      fc.property(body, fc.constantFrom(...PARSERS), (value, parse) => {
        try {
          expect(typeof parse(value).id).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(UnexpectedShapeError);
        }
      }),
    );
  });
});

describe(parsePage.name, () => {
  const source = { root: 'https://api.example/2.0', path: ApiPath.of('/users/me/accounts'), key: 'accounts' };
  const page = (body: unknown): unknown => parsePage(body, { ...source, parse: (item) => item });

  it.each([
    [{ accounts: [1, 2], total: 5, _links: { next: { href: '/2.0/x?a=1' } } }, [1, 2], 5, '/x?a=1'],
    [{ accounts: [1], _links: { next: '/2.0/x' } }, [1], null, '/x'],
    [{ accounts: [], total: -1, _links: { self: {}, next: null } }, [], null, undefined],
    [{ accounts: [], total: '5', _links: null }, [], null, undefined],
    [{ accounts: [], _links: { next: { href: null } } }, [], null, undefined],
  ])('should read %j', (body, items, total, next) => {
    expect(page(body)).toMatchObject({ items, total, next: next === undefined ? null : { sent: next } });
  });

  it.each([
    ['full', {}, { accounts: [1, 2] }, '/users/me/accounts?limit=2&offset=2'],
    ['full, and not the first', { offset: 4 }, { accounts: [1, 2] }, '/users/me/accounts?limit=2&offset=6'],
    ['one of more', {}, { accounts: [1], total: 5 }, '/users/me/accounts?limit=2&offset=1'],
    ['full, and all there is', {}, { accounts: [1, 2], total: 2 }, null],
    ['not full', {}, { accounts: [1] }, null],
    ['empty', {}, { accounts: [], total: 5 }, null],
    ['full, and the last by its links', {}, { accounts: [1, 2], _links: { next: null } }, null],
  ])('should count the next page of a page without links that is %s', (_, query, body, next) => {
    const path = ApiPath.of('/users/me/accounts', { limit: 2, ...query });
    const read = parsePage(body, { ...source, path, parse: (item) => item });
    expect(read.next?.sent ?? null).toBe(next);
  });

  it('should leave out an unreadable item where that decides nothing, and count it to find the next page', () => {
    const path = ApiPath.of('/users', { limit: 3 });
    const parse = (item: unknown): { id: string } => ({ id: parseAccount(item).id });
    const list = { root: source.root, path, key: 'users', parse };
    const body = { users: [{ ...ACCOUNT, id: 1 }, { ...ACCOUNT, id: null }, null] };
    const { items, next } = parsePage(body, { ...list, skipsUnreadable: true });
    expect(items.map(({ id }) => id)).toEqual(['1']);
    expect(next?.sent).toBe('/users?limit=3&offset=3');
    expect(() => parsePage(body, list)).toThrow(UnexpectedShapeError);
  });

  it.each([{}, [], { accounts: {} }, { accounts: null }, { accounts: [], _links: { next: { href: 5 } } }])(
    'should refuse %j',
    (body) => {
      expect(() => page(body)).toThrow(UnexpectedShapeError);
    },
  );
});

describe(plainJson.name, () => {
  it('should hold numbers that are exact, and texts for the others', () => {
    const text = '{"id":9007199254740993,"a":[1.5,{"b":0.1234567890123456789}],"n":null,"t":true,"s":"x"}';
    expect(plainJson(parseExactJson(text))).toEqual({
      id: '9007199254740993',
      a: [1.5, { b: '0.1234567890123456789' }],
      n: null,
      t: true,
      s: 'x',
    });
    expect(plainJson(parseExactJson('{"__proto__":{"polluted":1}}'))).not.toHaveProperty('polluted');
  });
});
