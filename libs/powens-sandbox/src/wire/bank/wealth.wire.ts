import { CURRENCY } from './currency.wire.js';
import {
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
  text,
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
    deleted: orNull(dateTime),
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
    id_security: orNull(integer),
    label: text,
    code: orNull(text),
    code_type: orNull(text),
    stock_symbol: orNull(text),
    source: orNull(text),
    description: orNull(text),
    quantity: orNull(decimal),
    unitprice: orNull(decimal),
    unitvalue: orNull(decimal),
    valuation: decimal,
    diff: orNull(decimal),
    diff_percent: orNull(decimal),
    prev_diff: orNull(decimal),
    prev_diff_percent: orNull(decimal),
    portfolio_share: orNull(decimal),
    calculated: listOf(text),
    vdate: orNull(date),
    prev_vdate: orNull(date),
    original_currency: orNull(one(CURRENCY)),
    original_valuation: orNull(decimal),
    original_unitvalue: orNull(decimal),
    original_unitprice: orNull(decimal),
    original_diff: orNull(decimal),
    deleted: orNull(dateTime),
    last_update: dateTime,
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

/** An order to buy or to sell securities. */
export const MARKET_ORDER = resource(
  'MarketOrder',
  { source: docs('products/wealth-aggregation/market-orders#marketorder-object'), confidence: 'C' },
  {
    id: integer,
    id_account: integer,
    number: orNull(text),
    label: text,
    code: orNull(text),
    code_type: orNull(text),
    stock_symbol: orNull(text),
    stock_market: orNull(text),
    direction: orNull(text),
    order_type: orNull(text),
    payment_method: orNull(text),
    state: orNull(text),
    quantity: orNull(decimal),
    unitprice: orNull(decimal),
    unitvalue: orNull(decimal),
    ordervalue: orNull(decimal),
    amount: orNull(decimal),
    currency: orNull(one(CURRENCY)),
    date: orNull(dateTime),
    execution_date: orNull(dateTime),
    validity_date: orNull(date),
    deleted: orNull(dateTime),
    last_update: dateTime,
  },
);

/** A payment of a loan, made or due. */
export const AMORTIZATION = resource(
  'LoanAmortization',
  { source: docs('products/data-aggregation/loan-amortizations'), confidence: 'C' },
  {
    id: integer,
    id_account: integer,
    date,
    amount: decimal,
    capital: decimal,
    interest: decimal,
    insurance: orNull(decimal),
    remaining_capital: decimal,
    last_update: dateTime,
  },
);

/** Incomes, outcomes and balance of an account over a period. */
export const BALANCE = resource(
  'BalanceGroup',
  { source: docs('products/data-aggregation/balances#balancegroupslist-object'), confidence: 'C' },
  {
    start_date: date,
    end_date: date,
    income: decimal,
    outcome: decimal,
    balance: decimal,
    currency: one(CURRENCY),
  },
);

export type InvestmentWire = WireOf<(typeof INVESTMENT)['fields']>;
export type InvestmentValueWire = WireOf<(typeof INVESTMENT_VALUE)['fields']>;
export type PocketWire = WireOf<(typeof POCKET)['fields']>;
export type MarketOrderWire = WireOf<(typeof MARKET_ORDER)['fields']>;
export type AmortizationWire = WireOf<(typeof AMORTIZATION)['fields']>;
export type BalanceWire = WireOf<(typeof BALANCE)['fields']>;
