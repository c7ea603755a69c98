import { powensDate, powensDateTime } from '../http/powens-date-time.js';
import type { AccountRecord } from '../store/records.js';
import { isInvestType } from '../wire/bank/account-type.wire.js';
import { currencyToWire, rounded } from '../wire/bank/currency.wire.js';
import { write } from '../wire/table/field.js';
import { INVESTMENT, INVESTMENT_VALUE, MARKET_ORDER, POCKET } from '../wire/bank/wealth.wire.js';
import type {
  InvestmentValueWire,
  InvestmentWire,
  MarketOrderWire,
  PocketWire,
} from '../wire/bank/wealth.wire.js';
import { pick } from './calendar.js';
import { SECURITIES } from './securities.js';
import type { Security } from './securities.js';

const DAY_MS = 86_400_000;
const USD_IN_EUR = 0.92;
const PER_ACCOUNT = 10;
const BLOCKED_YEARS = 5;

/** Which securities an account of a type holds, by their ids. */
const HOLDINGS: Readonly<Record<string, readonly number[]>> = {
  market: [1, 3, 4],
  pea: [1, 2],
  lifeinsurance: [6, 4, 5],
  pee: [1, 5],
};

/** A security on an account, at a moment. */
interface Position {
  readonly id: number;
  readonly account: AccountRecord;
  readonly security: Security;
  readonly quantity: number;
  readonly until: number;
}

/** The id of the account that holds an investment, a pocket or a market order. */
export function accountOfHolding(id: number): number {
  return Math.floor(id / PER_ACCOUNT);
}

/** What the securities of an account are worth. */
export function valuationOf(account: AccountRecord, until: number): number {
  return rounded(
    positionsOf(account, until).reduce(
      (sum, position) => sum + valueOf(position, until) * position.quantity,
      0,
    ),
  );
}

/** The investments of an account. Their value moves from day to day. */
export function investmentsOf(account: AccountRecord, until: number): InvestmentWire[] {
  const total = valuationOf(account, until);
  return positionsOf(account, until).map((position) => investment(position, total));
}

/** The value of an investment over time, newest first: one a week, for a year. */
export function historyOf(account: AccountRecord, id: number, until: number): InvestmentValueWire[] {
  const position = positionsOf(account, until).find((one) => one.id === id);
  if (position === undefined) {
    return [];
  }
  const { security } = position;
  return Array.from({ length: 53 }, (_, rank) => {
    const at = until - rank * 7 * DAY_MS;
    const isForeign = security.currency !== 'EUR';
    return write(INVESTMENT_VALUE, {
      id: id * 1000 + (52 - rank),
      id_investment: id,
      vdate: powensDate(at),
      unitvalue: valueOf(position, at),
      original_currency: isForeign ? currencyToWire(security.currency) : null,
      original_unitvalue: isForeign ? originalValueOf(security, at) : null,
    });
  });
}

/** What an employee may dispose of: now, and after the years for which it is blocked. */
export function pocketsOf(account: AccountRecord, until: number): PocketWire[] {
  return account.type === 'pee' ? positionsOf(account, until).flatMap(pockets) : [];
}

/** The orders on an account, newest first: one that waits, one executed, one cancelled. */
export function marketOrdersOf(account: AccountRecord): MarketOrderWire[] {
  if (account.type !== 'market' && account.type !== 'pea') {
    return [];
  }
  return (['pending', 'executed', 'cancelled'] as const).map((state, rank) => {
    const security = securityAt(account, rank);
    const at = account.createdAt - (1 + rank * 20) * DAY_MS;
    const price = rounded(security.price * 0.98);
    return write(MARKET_ORDER, {
      id: account.id * PER_ACCOUNT + rank,
      id_account: account.id,
      number: `O-${account.id}-${rank + 1}`,
      label: security.label,
      code: security.code,
      stock_symbol: security.symbol,
      stock_market: security.market,
      order_direction: rank === 2 ? { id: 2, name: 'SALE' } : { id: 1, name: 'BUY' },
      order_type: rank === 1 ? { id: 1, name: 'MARKET' } : { id: 2, name: 'LIMIT' },
      payment_method: 'CASH',
      state,
      quantity: 5 + rank,
      unitprice: state === 'executed' ? price : null,
      ordervalue: rank === 1 ? null : price,
      amount: rounded(price * (5 + rank)),
      date: powensDateTime(at),
      execution_date: state === 'executed' ? powensDateTime(at + DAY_MS) : null,
      validity_date: powensDateTime(at + 30 * DAY_MS),
      last_update: powensDateTime(account.createdAt),
    });
  });
}

function positionsOf(account: AccountRecord, until: number): Position[] {
  return isInvestType(account.type)
    ? (HOLDINGS[account.type] ?? []).map((_, rank) => ({
        ...{ id: account.id * PER_ACCOUNT + rank, account, security: securityAt(account, rank), until },
        quantity: 10 + pick(40, account.id, rank),
      }))
    : [];
}

function securityAt(account: AccountRecord, rank: number): Security {
  const held = HOLDINGS[account.type] ?? [];
  const [first] = SECURITIES;
  const security = SECURITIES.find(({ id }) => id === held[rank % held.length]) ?? first;
  if (security === undefined) {
    throw new Error('The sandbox has no security.');
  }
  return security;
}

/** A slow wave and a daily variation around the price: always the same for the same day. */
function originalValueOf(security: Security, at: number): number {
  const day = Math.floor(at / DAY_MS);
  const wave = Math.sin(day / 58 + security.id) * 0.08;
  const variation = (pick(200, security.id, day) - 100) / 10_000;
  return rounded(security.price * (security.price === 1 ? 1 : 1 + wave + variation));
}

function valueOf({ security }: Position, at: number): number {
  const value = originalValueOf(security, at);
  return security.currency === 'EUR' ? value : rounded(value * USD_IN_EUR);
}

function investment(position: Position, total: number): InvestmentWire {
  const { id, account, security, quantity, until } = position;
  const unitvalue = valueOf(position, until);
  const unitprice = rounded(security.price * 0.9 * (security.currency === 'EUR' ? 1 : USD_IN_EUR));
  const valuation = rounded(unitvalue * quantity);
  const diff = rounded(valuation - unitprice * quantity);
  const previous = rounded(valueOf(position, until - DAY_MS) * quantity);
  return write(INVESTMENT, {
    id,
    id_account: account.id,
    id_security: security.id,
    label: security.label,
    code: security.code,
    code_type: 'ISIN',
    stock_symbol: security.symbol,
    source: 'website',
    description: security.description,
    quantity,
    unitprice,
    unitvalue,
    valuation,
    diff,
    diff_percent: ratio(diff, unitprice * quantity),
    prev_diff: rounded(valuation - previous),
    prev_diff_percent: ratio(valuation - previous, previous),
    portfolio_share: ratio(valuation, total),
    calculated: ['diff', 'portfolio_share'],
    vdate: powensDate(until),
    prev_vdate: powensDate(until - DAY_MS),
    ...originalOf(position),
    last_update: powensDateTime(until),
  });
}

function originalOf({ security, quantity, until }: Position): Partial<InvestmentWire> {
  if (security.currency === 'EUR') {
    return {};
  }
  const [value, price] = [originalValueOf(security, until), rounded(security.price * 0.9)];
  return {
    original_currency: currencyToWire(security.currency),
    original_valuation: rounded(value * quantity),
    original_unitvalue: value,
    original_unitprice: price,
    original_diff: rounded((value - price) * quantity),
  };
}

function pockets(position: Position): PocketWire[] {
  const { id, account, security, quantity, until } = position;
  const free = Math.floor(quantity / 3);
  return [free, quantity - free].map((part, rank) =>
    write(POCKET, {
      id: id * PER_ACCOUNT + rank,
      id_investment: id,
      id_account: account.id,
      label: `${security.label} ${rank === 0 ? 'disponible' : 'bloqué'}`,
      quantity: part,
      value: rounded(valueOf(position, until) * part),
      condition: rank === 0 ? 'available' : 'date',
      availability_date: rank === 0 ? null : powensDate(account.createdAt + BLOCKED_YEARS * 365 * DAY_MS),
      last_update: powensDateTime(until),
    }),
  );
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000;
}
