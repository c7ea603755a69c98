import { CURRENCY } from './currency.wire.js';
import {
  anything,
  date,
  dateTime,
  decimal,
  docs,
  integer,
  listOf,
  many,
  one,
  orNull,
  resource,
  sure,
  text,
  unsimulated,
} from '../table/field.js';
import type { WireOf } from '../table/field.js';

/** A part of an investment of which an employee may dispose from some day on. */
export const POCKET = resource(
  'Pocket',
  { source: docs('products/wealth-aggregation/pockets#pocket-object'), confidence: 'A' },
  {
    id: integer,
    id_investment: integer,
    id_account: integer,
    label: text,
    quantity: decimal,
    value: decimal,
    condition: text,
    availability_date: orNull(date),
    deleted: unsimulated(orNull(date)),
    last_update: dateTime,
  },
);

/** A security on an account. */
export const INVESTMENT = resource(
  'Investment',
  { source: docs('products/wealth-aggregation/investments#investment-object'), confidence: 'B' },
  {
    id: integer,
    id_account: integer,
    id_security: sure('C', orNull(integer)),
    label: text,
    code: orNull(text),
    code_type: text,
    stock_symbol: orNull(text),
    source: text,
    description: orNull(text),
    quantity: decimal,
    unitprice: decimal,
    unitvalue: decimal,
    valuation: decimal,
    diff: decimal,
    diff_percent: decimal,
    prev_diff: orNull(decimal),
    prev_diff_percent: orNull(decimal),
    portfolio_share: decimal,
    calculated: listOf(text),
    vdate: date,
    prev_vdate: orNull(date),
    original_currency: orNull(one(CURRENCY)),
    original_valuation: orNull(decimal),
    original_unitvalue: orNull(decimal),
    original_unitprice: orNull(decimal),
    original_diff: orNull(decimal),
    deleted: unsimulated(orNull(date)),
    last_update: dateTime,
    details: unsimulated(orNull(anything)),
  },
  { pockets: many(POCKET) },
);

/** The value of a security on a day. */
export const INVESTMENT_VALUE = resource(
  'InvestmentValue',
  { source: docs('products/wealth-aggregation/investments#investmentvalue-object'), confidence: 'B' },
  {
    id: integer,
    id_investment: integer,
    vdate: date,
    unitvalue: decimal,
    original_currency: orNull(one(CURRENCY)),
    original_unitvalue: orNull(decimal),
  },
);

const ORDERS = docs('products/wealth-aggregation/market-orders');

/** Whether an order buys or sells, and how its price is made. */
export const ORDER_WORD = resource(
  'MarketOrderDirection',
  { source: `${ORDERS}#marketorderdirection-object`, confidence: 'B' },
  { id: integer, name: text },
);

/** An order to buy or to sell securities. */
export const MARKET_ORDER = resource(
  'MarketOrder',
  { source: `${ORDERS}#marketorder-object`, confidence: 'B' },
  {
    id: integer,
    id_account: integer,
    number: text,
    label: text,
    code: orNull(text),
    stock_symbol: orNull(text),
    order_direction: one(ORDER_WORD),
    order_type: one(ORDER_WORD),
    stock_market: orNull(text),
    state: text,
    payment_method: text,
    date: orNull(dateTime),
    execution_date: orNull(dateTime),
    validity_date: orNull(dateTime),
    quantity: orNull(decimal),
    amount: orNull(decimal),
    ordervalue: orNull(decimal),
    unitprice: orNull(decimal),
    unitvalue: unsimulated(orNull(decimal)),
    deleted: unsimulated(orNull(dateTime)),
    last_update: dateTime,
  },
);

const AMORTIZATIONS = docs('products/wealth-aggregation/loan-amortizations');

/** An amount and its currency. */
export const MONETARY_AMOUNT = resource(
  'MonetaryAmount',
  { source: `${AMORTIZATIONS}#monetaryamount-object`, confidence: 'B' },
  { currency: text, value: orNull(decimal) },
);

/** A payment of a loan, made or due. It has no id. */
export const AMORTIZATION = resource(
  'LoanAmortization',
  { source: `${AMORTIZATIONS}#loanamortization-object`, confidence: 'B' },
  {
    id_account: integer,
    payment_date: orNull(date),
    amortization_amount: one(MONETARY_AMOUNT),
    interest_amount: one(MONETARY_AMOUNT),
    insurance_amount: one(MONETARY_AMOUNT),
    total_payment_amount: one(MONETARY_AMOUNT),
    remaining_capital: one(MONETARY_AMOUNT),
    period: text,
    calculated: unsimulated(listOf(text)),
    deleted: unsimulated(orNull(dateTime)),
    last_update: dateTime,
  },
);

const BALANCES = docs('products/data-aggregation/balances');

const MOVED = { balance: decimal, expenses: decimal, incomes: decimal, remains: decimal };

/** What moved in one currency. */
export const BALANCE_CURRENCY = resource(
  'BalanceCurrencyGroup',
  { source: `${BALANCES}#balancegroup-object`, confidence: 'B' },
  { id: text, symbol: text, ...MOVED },
);

/** What moved on one day. */
export const DAILY_BALANCE = resource(
  'DailyBalance',
  { source: `${BALANCES}#balancegroup-object`, confidence: 'B' },
  { date, ...MOVED },
);

/** Incomes, expenses and balance of an account over a period. */
export const BALANCE = resource(
  'BalanceGroup',
  { source: `${BALANCES}#balancegroup-object`, confidence: 'B' },
  {
    min_date: date,
    max_date: date,
    currencies: many(BALANCE_CURRENCY),
    n_overdraft: integer,
    ...MOVED,
    daily_balances: many(DAILY_BALANCE),
  },
);

export type InvestmentWire = WireOf<(typeof INVESTMENT)['fields']>;
export type InvestmentValueWire = WireOf<(typeof INVESTMENT_VALUE)['fields']>;
export type PocketWire = WireOf<(typeof POCKET)['fields']>;
export type MarketOrderWire = WireOf<(typeof MARKET_ORDER)['fields']>;
export type AmortizationWire = WireOf<(typeof AMORTIZATION)['fields']>;
export type DailyBalanceWire = WireOf<(typeof DAILY_BALANCE)['fields']>;
export type BalanceWire = WireOf<(typeof BALANCE)['fields']>;
