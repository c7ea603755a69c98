import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../values/json/exact-json.js';
import { UnexpectedShapeError } from '../wire-values.js';
import { parseAmortization, parseInvestment, parseMarketOrder, parsePocket } from './wealth.parsers.js';
import { parseBalance } from './bank.parsers.js';

const ITEMS = [parseInvestment, parsePocket, parseMarketOrder];

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

describe(parseMarketOrder.name, () => {
  it('should read the words of an order by their names, and its days as instants', () => {
    const wire = {
      ...{
        id: 7,
        id_account: 5301,
        number: 'O-1',
        label: 'ETF',
        state: 'executed',
        quantity: 5,
        ordervalue: 294.1,
      },
      ...{ order_direction: { id: 1, name: 'BUY' }, order_type: { id: 2, name: 'LIMIT' } },
      ...{ date: '2026-03-14 10:27:38', validity_date: '2026-04-14 17:30:00', deleted: null },
    };
    expect(parseMarketOrder(wire)).toMatchObject({
      ...{ direction: 'BUY', type: 'LIMIT', state: 'executed', quantity: '5', orderValue: '294.1' },
      ...{ orderedAt: new Date('2026-03-14T09:27:38Z'), validUntil: new Date('2026-04-14T15:30:00Z') },
    });
  });
});

describe(parseAmortization.name, () => {
  it('should read a payment that has no id, its amounts with their currency', () => {
    const text = `{"id_account":5301,"payment_date":"2026-03-14","amortization_amount":{"currency":"EUR","value":901.12},
      "interest_amount":{"currency":"EUR","value":null},"insurance_amount":12.5,"total_payment_amount":null,
      "remaining_capital":{"currency":"EUR","value":9007199254740993.01},"period":"monthly","calculated":[]}`;
    expect(parseAmortization(parseExactJson(text))).toMatchObject({
      ...{ accountId: '5301', paidOn: '2026-03-14', period: 'monthly', deletedAt: null, total: null },
      capital: { currency: 'EUR', value: '901.12' },
      interest: { currency: 'EUR', value: null },
      insurance: { currency: null, value: '12.5' },
      remainingCapital: { currency: 'EUR', value: '9007199254740993.01' },
    });
    const bare = parseExactJson('{"id_account":1,"remaining_capital":9007199254740993.01}');
    expect(parseAmortization(bare).remainingCapital?.value).toBe('9007199254740993.01');
  });
});

describe(parseBalance.name, () => {
  it('should read a period, by currency and by day', () => {
    const moved = { incomes: 10, expenses: -4.5, remains: 5.5, balance: 100.25 };
    const read = { incomes: '10', expenses: '-4.5', remains: '5.5', balance: '100.25' };
    const wire = {
      ...{ min_date: '2026-03-01', max_date: '2026-03-31', n_overdraft: 0, ...moved },
      currencies: [{ id: 'EUR', symbol: '€', ...moved }],
      daily_balances: [{ date: '2026-03-14', ...moved }, null],
    };
    expect(parseBalance(wire)).toMatchObject({
      ...{ minDate: '2026-03-01', maxDate: '2026-03-31', ...read },
      currencies: [{ currency: 'EUR', ...read }],
      days: [{ date: '2026-03-14', ...read }],
    });
  });
});

describe('all of them', () => {
  it.each(ITEMS)('should need nothing but ids: %o', (parse) => {
    expect(parse({ id: 1, id_account: 2 })).toMatchObject({ id: '1', accountId: '2', lastUpdatedAt: null });
    for (const body of [{ id: 1 }, { id_account: 2 }, { id: 0, id_account: 2 }, [], null, 'x']) {
      expect(() => parse(body)).toThrow(UnexpectedShapeError);
    }
  });

  it('should leave out an amount that is none', () => {
    expect(parseBalance({ balance: 'NaN', incomes: 1 })).toMatchObject({ balance: null, incomes: '1' });
    expect(parsePocket({ id: 1, id_account: 2, value: {} })).toMatchObject({ value: null });
    expect(parseInvestment({ id: 1, id_account: 2, portfolio_share: '', valuation: 5 })).toMatchObject({
      ...{ portfolioShare: null, valuation: '5' },
    });
    expect(parseBalance({})).toMatchObject({ balance: null, currencies: [], days: [] });
    for (const value of ['NaN', { value: 'NaN' }, true]) {
      const { interest, raw } = parseAmortization({ id_account: 1, interest_amount: value });
      expect(interest).toEqual({ currency: null, value: null });
      expect(raw).toMatchObject({ interest_amount: value });
    }
    expect(() => parseAmortization({})).toThrow(UnexpectedShapeError);
  });

  it('should let a text of Powens pollute nothing', () => {
    const read = parseAmortization(parseExactJson('{"id":1,"id_account":2,"__proto__":{"polluted":1}}'));
    expect(read.raw).not.toHaveProperty('polluted');
  });
});
