import { powensDateTime, powensDateTimeOrNull } from '../../http/powens-date-time.js';
import type { AccountRecord } from '../../store/records.js';
import { CURRENCY, currencyToWire, formatted, rounded } from './currency.wire.js';
import {
  anything,
  boolean,
  date,
  dateTime,
  decimal,
  docs,
  integer,
  listOf,
  one,
  orNull,
  resource,
  sure,
  text,
  unsimulated,
  write,
} from '../table/field.js';
import type { WireOf } from '../table/field.js';

const PAGE = docs('products/data-aggregation/bank-accounts');

/** What is known of a loan, on the account that stands for it. */
export const LOAN = resource(
  'Loan',
  { source: `${PAGE}#loan-object`, confidence: 'A' },
  {
    total_amount: orNull(decimal),
    available_amount: orNull(decimal),
    used_amount: orNull(decimal),
    subscription_date: orNull(date),
    maturity_date: orNull(date),
    start_repayment_date: orNull(date),
    deferred: orNull(boolean),
    next_payment_amount: orNull(decimal),
    next_payment_date: orNull(date),
    rate: orNull(decimal),
    nb_payments_left: orNull(integer),
    nb_payments_done: orNull(integer),
    nb_payments_total: orNull(integer),
    last_payment_amount: orNull(decimal),
    last_payment_date: orNull(date),
    account_label: orNull(text),
    insurance_label: orNull(text),
    insurance_amount: orNull(decimal),
    insurance_rate: unsimulated(orNull(decimal)),
    duration: orNull(integer),
    type: text,
  },
);

/** A bank account. Its `currency` is an object, its `type` a plain word. */
export const ACCOUNT = resource(
  'BankAccount',
  { source: `${PAGE}#bankaccount-object`, confidence: 'A' },
  {
    id: integer,
    id_connection: orNull(integer),
    id_user: orNull(integer),
    id_source: orNull(integer),
    id_parent: unsimulated(orNull(integer)),
    webid: sure('C', orNull(text)),
    number: orNull(text),
    original_name: text,
    name: text,
    balance: orNull(decimal),
    formatted_balance: sure('C', text),
    coming: orNull(decimal),
    coming_balance: sure('C', orNull(decimal)),
    display: boolean,
    bookmarked: integer,
    last_update: orNull(dateTime),
    deleted: unsimulated(orNull(dateTime)),
    disabled: orNull(dateTime),
    iban: orNull(text),
    bic: sure('C', orNull(text)),
    currency: orNull(one(CURRENCY)),
    type: text,
    id_type: integer,
    error: unsimulated(orNull(text)),
    usage: orNull(text),
    ownership: orNull(text),
    company_name: orNull(text),
    information: sure('C', unsimulated(anything)),
    loan: orNull(one(LOAN)),
  },
  { connection: anything, transactions: listOf(anything) },
);

/** A bank account as the provider writes it. */
export type AccountWire = WireOf<(typeof ACCOUNT)['fields']>;

/** A loan as the provider writes it. */
export type LoanWire = WireOf<(typeof LOAN)['fields']>;

/** Writes an account for the wire. */
export function accountToWire(
  account: AccountRecord,
  lastUpdate: number | null,
  loan: LoanWire | null = null,
): AccountWire {
  const { balance, coming, currency } = account;
  return write(ACCOUNT, {
    id: account.id,
    id_connection: account.idConnection,
    id_user: account.idUser,
    id_source: account.idSource,
    webid: `A-${account.number}`,
    number: account.number,
    original_name: account.name,
    name: account.customName ?? account.name,
    balance,
    formatted_balance: formatted(balance, currency),
    coming,
    coming_balance: coming === null ? null : rounded(balance + coming),
    display: account.display ?? true,
    bookmarked: account.bookmarked ?? 0,
    last_update: powensDateTime(lastUpdate ?? account.createdAt),
    disabled: powensDateTimeOrNull(account.disabledAt),
    iban: account.iban,
    bic: account.bic ?? null,
    currency: currencyToWire(currency),
    type: account.type,
    id_type: account.idType,
    usage: account.usage,
    ownership: 'owner',
    company_name: account.type === 'pee' ? 'Ateliers Réunis' : null,
    information: {},
    loan,
  });
}

/** Adds amounts up by currency, in cents: the sums of decimals must not drift. */
export function sumByCurrency(
  accounts: readonly AccountRecord[],
  amountOf: (account: AccountRecord) => number | null,
): Record<string, number> {
  const cents: Record<string, number> = {};
  for (const account of accounts) {
    const amount = Math.round((amountOf(account) ?? 0) * 100);
    cents[account.currency] = (cents[account.currency] ?? 0) + amount;
  }
  return Object.fromEntries(Object.entries(cents).map(([currency, sum]) => [currency, sum / 100]));
}
