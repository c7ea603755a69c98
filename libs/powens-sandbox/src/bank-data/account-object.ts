import { powensDate } from '../http/powens-date-time.js';
import type { AccountRecord } from '../store/records.js';
import { isInvestType } from '../wire/bank/account-type.wire.js';
import { accountToWire } from '../wire/bank/account.wire.js';
import type { AccountWire } from '../wire/bank/account.wire.js';
import { currencyToWire, rounded } from '../wire/bank/currency.wire.js';
import { write } from '../wire/table/field.js';
import { BALANCE, DAILY_BALANCE } from '../wire/bank/wealth.wire.js';
import type { BalanceWire, DailyBalanceWire } from '../wire/bank/wealth.wire.js';
import { loanOf, remainingOf } from './loan-factory.js';
import { movedSince, transactionsOf } from './transaction-factory.js';
import { valuationOf } from './wealth-factory.js';

/** An account as it stands at its last synchronisation: its balance follows its transactions, securities or payments. */
export function accountAt(account: AccountRecord, lastUpdate: number | null): AccountRecord {
  const until = lastUpdate ?? account.createdAt;
  if (account.loan !== undefined) {
    return { ...account, balance: -remainingOf(account, account.loan, until) };
  }
  if (isInvestType(account.type)) {
    return { ...account, balance: rounded(account.balance + valuationOf(account, until)) };
  }
  // What is due on a card is settled each month.
  return account.type === 'card' || until <= account.createdAt
    ? account
    : { ...account, balance: rounded(account.balance + movedSince(account, until)) };
}

/** Writes an account for the wire, as it stands at its last synchronisation. */
export function accountObject(account: AccountRecord, lastUpdate: number | null): AccountWire {
  const until = lastUpdate ?? account.createdAt;
  return accountToWire(accountAt(account, lastUpdate), lastUpdate, loanOf(account, until));
}

/** What came in, what went out and what was left in each month of an account between two days, oldest first, day by day. */
export function balancesOf(
  account: AccountRecord,
  lastUpdate: number | null,
  period: { from: string; to: string },
): BalanceWire[] {
  const months = new Map<string, DailyBalanceWire[]>();
  for (const day of dailyBalancesOf(account, lastUpdate, period)) {
    const month = day.date.slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), day]);
  }
  return [...months.values()].map((days) => monthOf(account, days));
}

function monthOf({ currency }: AccountRecord, days: DailyBalanceWire[]): BalanceWire {
  const [first, last] = [days.at(0), days.at(-1)];
  const moved = {
    balance: last?.balance ?? 0,
    ...movedOf(days.flatMap(({ incomes, expenses }) => [incomes, expenses])),
  };
  return write(BALANCE, {
    min_date: first?.date ?? '',
    max_date: last?.date ?? '',
    currencies: [{ id: currency, symbol: currencyToWire(currency).symbol, ...moved }],
    n_overdraft: days.filter(({ balance }) => balance < 0).length,
    ...moved,
    daily_balances: days,
  });
}

function dailyBalancesOf(
  account: AccountRecord,
  lastUpdate: number | null,
  { from, to }: { from: string; to: string },
): DailyBalanceWire[] {
  const until = lastUpdate ?? account.createdAt;
  const booked = transactionsOf(account, until).filter(({ coming }) => !coming);
  const days = daysBetween(from, to < powensDate(until) ? to : powensDate(until));
  let balance = accountAt(account, lastUpdate).balance;
  for (const { date, value } of booked) {
    balance -= date > (days.at(-1) ?? '') ? (value ?? 0) : 0;
  }
  return days
    .reverse()
    .map((day) => {
      const moved = movedOf(booked.filter(({ date }) => date === day).map(({ value }) => value ?? 0));
      const left = rounded(balance);
      balance -= moved.remains;
      return write(DAILY_BALANCE, { date: day, balance: left, ...moved });
    })
    .reverse();
}

function movedOf(values: readonly number[]): { incomes: number; expenses: number; remains: number } {
  return {
    incomes: sum(values.filter((one) => one > 0)),
    expenses: sum(values.filter((one) => one < 0)),
    remains: sum(values),
  };
}

function sum(values: readonly number[]): number {
  return rounded(values.reduce((total, one) => total + one, 0));
}

function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(`${from}T12:00:00Z`); at <= Date.parse(`${to}T12:00:00Z`); at += 86_400_000) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}
