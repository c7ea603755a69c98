import { describe, expect, it } from 'vitest';
import type { AccountRecord } from '../store/records.js';
import { accountAt, balancesOf } from './account-object.js';
import { addMonths, endOfMonth } from './calendar.js';
import { amortizationsOf, loanOf } from './loan-factory.js';
import { pdfOf } from './pdf.js';
import { isin } from './securities.js';
import { newestTransactionId, transactionsAfter, transactionsOf } from './transaction-factory.js';
import { historyOf, investmentsOf, pocketsOf, valuationOf } from './wealth-factory.js';

const DAY = 86_400_000;
const CREATED = Date.UTC(2026, 2, 14, 9, 26, 53);

function account(type: string, own: Partial<AccountRecord> = {}): AccountRecord {
  return {
    ...{ id: 50_001, idConnection: 1, idUser: 2, idSource: 3, number: '1', iban: null, name: 'Compte' },
    ...{ type, idType: 2, usage: 'PRIV', currency: 'EUR', balance: 1000, coming: null },
    ...{ createdAt: CREATED, disabledAt: null, ...own },
  };
}

describe('bank data', () => {
  describe('transactions', () => {
    it('should be the same each time, and others on another account', () => {
      const [one, other] = [account('checking'), account('checking', { id: 50_002 })];
      expect(transactionsOf(one)).toEqual(transactionsOf(one));
      const wordings = [one, other].map((of) => transactionsOf(of).map(({ wording }) => wording));
      expect(wordings[0]).not.toEqual(wordings[1]);
    });

    it('should tell a year: salaries, rents, refunds, foreign purchases, counterparties', () => {
      const year = transactionsOf(account('checking'));
      const named = (wording: string): number => year.filter((one) => one.wording === wording).length;
      expect([named('SALAIRE ATELIERS RÉUNIS'), named('LOYER')]).toEqual([12, 12]);
      expect(year.some(({ original_currency: currency }) => currency?.id === 'USD')).toBe(true);
      expect(year.some(({ type }) => type === 'payback')).toBe(true);
      expect(year.some(({ counterparty }) => counterparty?.type === 'debtor')).toBe(true);
      const dates = year.map(({ date }) => date).sort();
      expect([dates.at(0)?.slice(0, 7), dates.at(-1)?.slice(0, 7)]).toEqual(['2025-03', '2026-03']);
    });

    it('should grow by one a day on a current account, each id above those before', () => {
      const grown = account('checking');
      const before = transactionsOf(grown);
      for (const days of [1, 30, 400]) {
        const until = CREATED + days * DAY;
        const after = transactionsOf(grown, until);
        expect(after).toHaveLength(before.length + days);
        expect(after.map(({ id }) => id)).toEqual(
          [...new Set(after.map(({ id }) => id))].sort((a, b) => b - a),
        );
        expect(newestTransactionId(grown, until)).toBe(after[0]?.id);
        expect(transactionsAfter(grown, before[0]?.id ?? 0, until)).toHaveLength(days);
      }
    });

    it('should announce deferred card purchases, and change them when the card is debited', () => {
      const card = account('card');
      const until = CREATED + 3 * DAY;
      const coming = transactionsOf(card, until).filter((one) => one.coming);
      expect(coming.length).toBeGreaterThan(2);
      expect(coming.every(({ type, date }) => type === 'deferred_card' && date === '2026-03-31')).toBe(true);
      const debited = transactionsOf(card, endOfMonth(CREATED) + DAY).filter(
        ({ id }) => id === coming[0]?.id,
      );
      expect(debited).toMatchObject([
        { coming: false, last_update: expect.stringMatching(/^2026-03-31/) as unknown },
      ]);
    });
  });

  describe('balances', () => {
    it('should follow the transactions, day by day', () => {
      const grown = account('checking');
      const until = CREATED + 20 * DAY;
      const moved = transactionsAfter(grown, transactionsOf(grown)[0]?.id ?? 0, until);
      const sum = moved.reduce((total, { value }) => total + (value ?? 0), 0);
      expect(accountAt(grown, until).balance).toBeCloseTo(1000 + sum, 2);
      const months = balancesOf(grown, until, { from: '2026-03-14', to: '2026-12-31' });
      expect(months.at(-1)?.balance).toBe(accountAt(grown, until).balance);
      const days = months.flatMap(({ daily_balances: daily }) => daily);
      days.slice(1).forEach(({ balance, remains }, rank) => {
        expect(balance).toBeCloseTo((days[rank]?.balance ?? 0) + remains, 2);
      });
    });

    it('should be what the securities are worth, beside the cash', () => {
      const market = account('market', { balance: 120.4 });
      const worth = investmentsOf(market, CREATED).reduce((total, { valuation }) => total + valuation, 0);
      expect(valuationOf(market, CREATED)).toBeCloseTo(worth, 2);
      expect(accountAt(market, CREATED).balance).toBeCloseTo(worth + 120.4, 2);
      expect(valuationOf(market, CREATED + 40 * DAY)).not.toBe(valuationOf(market, CREATED));
    });
  });

  it('should give each investment a year of values that ends with its own', () => {
    const market = account('market');
    for (const { id, unitvalue } of investmentsOf(market, CREATED)) {
      const history = historyOf(market, id, CREATED);
      expect(history).toHaveLength(53);
      expect(history[0]).toMatchObject({ vdate: '2026-03-14', unitvalue });
    }
  });

  it('should split the securities of an employee into pockets, free and blocked', () => {
    const plan = account('pee');
    const [first] = investmentsOf(plan, CREATED);
    const parts = pocketsOf(plan, CREATED).filter((one) => one.id_investment === first?.id);
    expect(parts.map(({ condition }) => condition)).toEqual(['available', 'date']);
    expect(parts.reduce((total, { quantity }) => total + quantity, 0)).toBe(first?.quantity);
  });

  it('should pay a loan back to the cent', () => {
    const terms = {
      type: 'consumercredit',
      total: 12_000,
      rate: 4.9,
      months: 48,
      paid: 11,
      insurance: 0,
    } as const;
    const loan = account('loan', { loan: terms });
    const plan = amortizationsOf(loan);
    expect(plan).toHaveLength(48);
    expect(plan.reduce((total, { amortization_amount: { value } }) => total + (value ?? 0), 0)).toBeCloseTo(
      12_000,
      2,
    );
    expect(plan.at(-1)?.remaining_capital).toEqual({ currency: 'EUR', value: 0 });
    expect(loanOf(loan, CREATED)).toMatchObject({ nb_payments_done: 11, nb_payments_left: 37 });
    expect(loanOf(loan, addMonths(CREATED, 1))).toMatchObject({ nb_payments_done: 12 });
    expect(accountAt(loan, CREATED).balance).toBe(-(plan[10]?.remaining_capital.value ?? 0));
  });

  it('should know the last day of each month', () => {
    expect(new Date(endOfMonth(Date.UTC(2028, 1, 3))).toISOString()).toMatch(/^2028-02-29/);
    expect(new Date(addMonths(Date.UTC(2026, 0, 31), 1)).toISOString()).toMatch(/^2026-02-28/);
    expect(new Date(addMonths(Date.UTC(2026, 0, 31), -14)).toISOString()).toMatch(/^2024-11-30/);
  });

  it('should write a PDF whose table names where each object begins', () => {
    const text = pdfOf(['Facture (1)', 'Total : 12,30 €']).toString('latin1');
    expect(text).toMatch(/^%PDF-1\.4\n[^]*%%EOF\n$/);
    const offsets = [...text.matchAll(/^(\d{10}) 00000 n $/gm)].map((match) => Number(match[1]));
    expect(offsets.map((offset) => text.slice(offset, offset + 7))).toEqual(
      [1, 2, 3, 4, 5].map((rank) => `${rank} 0 obj`),
    );
    const start = Number(/startxref\n(\d+)/.exec(text)?.[1]);
    expect(text.slice(start, start + 4)).toBe('xref');
    expect(text).toContain('Facture \\(1\\)');
  });

  it('should compute the check digit of an ISIN', () => {
    expect(isin('US', '037833100')).toBe('US0378331005');
    expect(isin('FR', '000012027')).toBe('FR0000120271');
  });
});
