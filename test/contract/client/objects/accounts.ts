import {
  anything,
  boolean,
  date,
  dateTime,
  decimal,
  id,
  integer,
  listOf,
  mapOf,
  nullable,
  object,
  optional,
  text,
  word,
} from '../shape.js';
import { BESIDE, list } from './lists.js';

/** `products/data-aggregation/currencies`: Currency; `prefix` is in the description of 2021. */
export const CURRENCY = object('Currency', {
  id: text,
  name: text,
  symbol: text,
  crypto: boolean,
  precision: integer,
  prefix: optional(boolean),
});

export const CURRENCIES = list('currencies', CURRENCY);

/** `products/data-aggregation/bank-account-types`: AccountType. */
export const ACCOUNT_TYPE = object('AccountType', {
  id: integer,
  name: text,
  id_parent: nullable(integer),
  is_invest: boolean,
  display_name: text,
  display_name_p: text,
});

export const ACCOUNT_TYPES = list('accounttypes', ACCOUNT_TYPE);

/** `products/data-aggregation/bank-accounts`: Loan. */
export const LOAN = object('Loan', {
  total_amount: nullable(decimal),
  available_amount: nullable(decimal),
  used_amount: nullable(decimal),
  subscription_date: nullable(date),
  maturity_date: nullable(date),
  start_repayment_date: nullable(date),
  deferred: nullable(boolean),
  next_payment_amount: nullable(decimal),
  next_payment_date: nullable(date),
  rate: nullable(decimal),
  nb_payments_left: nullable(integer),
  nb_payments_done: nullable(integer),
  nb_payments_total: nullable(integer),
  last_payment_amount: nullable(decimal),
  last_payment_date: nullable(date),
  account_label: nullable(text),
  insurance_label: nullable(text),
  insurance_amount: nullable(decimal),
  insurance_rate: nullable(decimal),
  duration: nullable(integer),
  type: word('mortgage', 'consumercredit', 'revolvingcredit', 'loan'),
});

/**
 * `products/data-aggregation/bank-accounts`: BankAccount. The page says that `type` is an object, every answer seen has a
 * word; the optional keys were seen in the field.
 */
export const BANK_ACCOUNT = object('BankAccount', {
  id,
  id_connection: nullable(id),
  id_user: nullable(id),
  id_source: nullable(id),
  id_parent: nullable(id),
  number: nullable(text),
  original_name: text,
  balance: nullable(decimal),
  coming: nullable(decimal),
  display: boolean,
  last_update: nullable(dateTime),
  deleted: nullable(dateTime),
  disabled: nullable(dateTime),
  iban: nullable(text),
  currency: nullable(CURRENCY),
  type: text,
  id_type: integer,
  bookmarked: integer,
  name: text,
  error: nullable(text),
  usage: nullable(word('PRIV', 'ORGA')),
  ownership: nullable(word('owner', 'co-owner', 'attorney')),
  company_name: nullable(text),
  loan: nullable(LOAN),
  connection: optional(anything),
  webid: optional(nullable(text)),
  bic: optional(nullable(text)),
  coming_balance: optional(nullable(decimal)),
  formatted_balance: optional(text),
  information: optional(anything),
});

export const BANK_ACCOUNTS = object('BankAccountsList', {
  accounts: listOf(BANK_ACCOUNT),
  balances: mapOf(decimal),
  coming_balances: mapOf(decimal),
  ...BESIDE,
});

/** What changing several accounts at once answers: not described. */
export const CHANGED_ACCOUNTS = object('ChangedAccounts', { accounts: listOf(BANK_ACCOUNT) });

/** `products/data-aggregation/account-ownerships`: AccountOwnership. */
export const OWNERSHIP = object('AccountOwnership', {
  id_account: id,
  id_connection: id,
  id_user: id,
  id_connector_source: id,
  name: nullable(text),
  bank_name: nullable(text),
  multiple_holders: nullable(boolean),
  calculated: listOf(word('multiple_holders')),
  usage: nullable(word('PRIV', 'ORGA')),
  parties: listOf(
    object('AccountParty', {
      role: word(
        ...['holder', 'co_holder', 'attorney', 'custodian_for_minor', 'legal_guardian', 'nominee'],
        ...['successor_on_death', 'trustee', 'unknown'],
      ),
      identity: object('IdentityParty', { is_user: nullable(boolean), full_name: text }),
    }),
  ),
  identifications: listOf(
    object('AccountIdentifications', {
      scheme_name: word('iban', 'bban', 'sort_code_account_number', 'cpan', 'tpan'),
      identification: text,
    }),
  ),
});

export const OWNERSHIPS = list('account_ownerships', OWNERSHIP);

const MOVED = { balance: decimal, expenses: decimal, incomes: decimal, remains: decimal };

/** `products/data-aggregation/balances`: BalanceGroup. Days are there as soon as dates are asked for. */
export const BALANCE = object('BalanceGroup', {
  min_date: date,
  max_date: date,
  currencies: listOf(object('BalanceCurrencyGroup', { id: text, symbol: text, ...MOVED })),
  n_overdraft: integer,
  ...MOVED,
  daily_balances: optional(listOf(object('DailyBalance', { date, ...MOVED }))),
});

export const BALANCES = object('BalanceGroupsList', {
  balances: listOf(BALANCE),
  first_date: date,
  last_date: date,
  result_min_date: date,
  result_max_date: date,
});
