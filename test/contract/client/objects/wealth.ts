import {
  date,
  dateTime,
  decimal,
  id,
  integer,
  listOf,
  nullable,
  object,
  optional,
  text,
  word,
} from '../shape.js';
import { CURRENCY } from './accounts.js';
import { BESIDE, list } from './lists.js';

/** `products/wealth-aggregation/investments`: Investment; `id_security` is in the description of 2021. */
export const INVESTMENT = object('Investment', {
  id,
  id_account: id,
  label: text,
  code: nullable(text),
  code_type: word('ISIN', 'AMF'),
  stock_symbol: nullable(text),
  source: word('website', 'notFound'),
  description: nullable(text),
  quantity: decimal,
  unitprice: decimal,
  unitvalue: decimal,
  valuation: decimal,
  diff: decimal,
  diff_percent: decimal,
  prev_diff: nullable(decimal),
  prev_diff_percent: nullable(decimal),
  vdate: date,
  prev_vdate: nullable(date),
  portfolio_share: decimal,
  calculated: listOf(text),
  deleted: nullable(date),
  last_update: dateTime,
  original_currency: nullable(CURRENCY),
  original_valuation: nullable(decimal),
  original_unitvalue: nullable(decimal),
  original_unitprice: nullable(decimal),
  original_diff: nullable(decimal),
  details: nullable(
    object('InvestmentDetails', {
      performance_1_year: nullable(decimal),
      performance_3_years: nullable(decimal),
      performance_5_years: nullable(decimal),
      srri: nullable(decimal),
      asset_category: nullable(text),
      recommended_period: nullable(text),
      last_update: nullable(dateTime),
    }),
  ),
  id_security: optional(nullable(id)),
});

export const INVESTMENTS = object('InvestmentsList', {
  valuation: decimal,
  diff: decimal,
  diff_percent: decimal,
  prev_diff: decimal,
  prev_diff_percent: decimal,
  calculated: listOf(text),
  investments: listOf(INVESTMENT),
  ...BESIDE,
});

/** `products/wealth-aggregation/investments`: InvestmentHistoryValue. */
export const INVESTMENT_VALUES = list(
  'investmentvalues',
  object('InvestmentHistoryValue', {
    id,
    id_investment: id,
    vdate: date,
    unitvalue: decimal,
    original_currency: nullable(CURRENCY),
    original_unitvalue: nullable(decimal),
  }),
);

/** `products/wealth-aggregation/pockets`: Pocket. */
export const POCKET = object('Pocket', {
  id,
  id_investment: id,
  id_account: id,
  label: text,
  quantity: decimal,
  value: decimal,
  condition: word('unknown', 'date', 'acquired', 'available', 'retirement'),
  availability_date: nullable(date),
  deleted: nullable(date),
  last_update: dateTime,
});

export const POCKETS = list('pockets', POCKET);

/** `products/wealth-aggregation/market-orders`: MarketOrder. */
export const MARKET_ORDER = object('MarketOrder', {
  id,
  id_account: id,
  number: text,
  label: text,
  code: nullable(text),
  stock_symbol: nullable(text),
  order_direction: object('MarketOrderDirection', { id: integer, name: word('BUY', 'SALE') }),
  order_type: object('MarketOrderType', {
    id: integer,
    name: word('MARKET', 'LIMIT', 'TRIGGER', 'UNKNOWN'),
  }),
  stock_market: nullable(text),
  state: text,
  payment_method: word('CASH', 'DEFERRED', 'UNKNOWN'),
  date: nullable(dateTime),
  execution_date: nullable(dateTime),
  validity_date: nullable(dateTime),
  quantity: nullable(decimal),
  amount: nullable(decimal),
  ordervalue: nullable(decimal),
  unitprice: nullable(decimal),
  unitvalue: nullable(decimal),
  deleted: nullable(dateTime),
  last_update: dateTime,
});

export const MARKET_ORDERS = list('marketorders', MARKET_ORDER);

const AMOUNT = object('MonetaryAmount', { currency: text, value: nullable(decimal) });

/** `products/wealth-aggregation/loan-amortizations`: LoanAmortization. */
export const AMORTIZATION = object('LoanAmortization', {
  id_account: id,
  payment_date: nullable(date),
  amortization_amount: AMOUNT,
  interest_amount: AMOUNT,
  insurance_amount: AMOUNT,
  total_payment_amount: AMOUNT,
  remaining_capital: AMOUNT,
  period: text,
  calculated: listOf(text),
  deleted: nullable(dateTime),
  last_update: dateTime,
});

export const AMORTIZATIONS = list('loanamortizations', AMORTIZATION);

/** Seen in the field: null on a sandbox. */
export const INDICATORS = object('Indicators', { indicators: nullable(listOf(text)) });
