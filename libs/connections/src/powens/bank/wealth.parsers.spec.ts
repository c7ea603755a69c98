import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../values/json/exact-json.js';
import { UnexpectedShapeError } from '../wire-values.js';
import {
  parseAmortization,
  parseBalance,
  parseIdentity,
  parseInvestment,
  parseMarketOrder,
  parseOwnership,
  parsePocket,
} from './wealth.parsers.js';

const ITEMS = [parseInvestment, parsePocket, parseMarketOrder, parseAmortization];

describe(parseInvestment.name, () => {
  it('should read an investment exactly, and keep what it does not name', () => {
    const text = `{"id":9007199254740993,"id_account":5301,"label":"INDICE MONDE ETF","code":"LU9900000040","code_type":"ISIN",
      "quantity":12.123456789012345678,"unitprice":300.1,"unitvalue":312.75,"valuation":3791.61,"diff":-12.5,
      "portfolio_share":0.25,"original_currency":{"id":"USD"},"original_valuation":4100,"vdate":"2026-03-13","deleted":null,
      "last_update":"2026-03-14 10:27:38","brand_new":{"a":[1]}}`;
    expect(parseInvestment(parseExactJson(text))).toMatchObject({
      ...{ id: '9007199254740993', accountId: '5301', label: 'INDICE MONDE ETF', code: 'LU9900000040' },
      ...{ codeType: 'ISIN', quantity: '12.123456789012345678', unitPrice: '300.1', unitValue: '312.75' },
      ...{ valuation: '3791.61', difference: '-12.5', portfolioShare: '0.25', originalCurrency: 'USD' },
      ...{ originalValuation: '4100', valuedOn: '2026-03-13', deletedAt: null },
      lastUpdatedAt: new Date('2026-03-14T09:27:38Z'),
      raw: { id: '9007199254740993', brand_new: { a: [1] }, quantity: '12.123456789012345678' },
    });
  });
});

describe(parseOwnership.name, () => {
  it('should read the holders of an account', () => {
    const wire = {
      ...{ id_account: 5301, id_connection: 1187, name: 'Compte joint', bank_name: 'Test', usage: 'PRIV' },
      multiple_holders: 1,
      identifications: [{ scheme_name: 'iban', identification: 'FR76' }, null],
      parties: [{ role: 'holder', identity: { full_name: 'Camille Martin', is_user: true } }, { role: 'co' }],
    };
    expect(parseOwnership(wire)).toMatchObject({
      ...{ accountId: '5301', powensConnectionId: '1187', hasMultipleHolders: true },
      identifications: [{ scheme: 'iban', value: 'FR76' }],
      parties: [
        { role: 'holder', identity: { fullName: 'Camille Martin', isUser: true, birthDate: null } },
        { role: 'co', identity: null },
      ],
    });
  });

  it.each([undefined, null, 'x', []])('should do without lists (%j)', (value) => {
    const read = parseOwnership({ id_account: 1, identifications: value, parties: value });
    expect(read).toMatchObject({ identifications: [], parties: [], hasMultipleHolders: null });
  });
});

describe('all of them', () => {
  it.each(ITEMS)('should need nothing but ids: %o', (parse) => {
    expect(parse({ id: 1, id_account: 2 })).toMatchObject({ id: '1', accountId: '2', lastUpdatedAt: null });
    for (const body of [{ id: 1 }, { id_account: 2 }, { id: 0, id_account: 2 }, [], null, 'x']) {
      expect(() => parse(body)).toThrow(UnexpectedShapeError);
    }
  });

  it('should refuse an amount that is none', () => {
    expect(() => parseBalance({ balance: 'NaN' })).toThrow(UnexpectedShapeError);
    expect(() => parsePocket({ id: 1, id_account: 2, value: {} })).toThrow(UnexpectedShapeError);
    expect(parseBalance({})).toMatchObject({ balance: null, currency: null });
  });

  it('should let a text of Powens pollute nothing', () => {
    const read = parseAmortization(parseExactJson('{"id":1,"id_account":2,"__proto__":{"polluted":1}}'));
    expect(read.raw).not.toHaveProperty('polluted');
    expect(parseIdentity('nobody')).toBeNull();
  });
});
