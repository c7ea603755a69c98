import {
  boolean,
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
import { BOUNDS, LINKS } from './lists.js';

/** `products/data-aggregation/transactions-attachments`: Attachment. */
export const ATTACHMENT = object('Attachment', {
  id,
  name: text,
  description: text,
  mime_type: text,
  size: integer,
  created_date: date,
  created_datetime: dateTime,
  last_update: dateTime,
  url: text,
});

/** `products/data-aggregation/bank-transactions`: Counterparty. */
export const COUNTERPARTY = object('Counterparty', {
  label: nullable(text),
  account_scheme_name: nullable(word('iban', 'bban', 'sort_code_account_number', 'cpan', 'tpan')),
  account_identification: nullable(text),
  type: nullable(word('creditor', 'debtor')),
});

const TYPE = word(
  ...['transfer', 'order', 'check', 'deposit', 'payback', 'withdrawal', 'loan_repayment', 'bank', 'card'],
  ...['deferred_card', 'summary_card', 'unknown', 'market_order', 'market_fee', 'arbitrage', 'profit'],
  ...['refund', 'payout', 'payment', 'fee'],
);

/**
 * `products/data-aggregation/bank-transactions`: Transaction. The optional keys are in the description of 2021, or were seen
 * in the field.
 */
export const TRANSACTION = object('Transaction', {
  id,
  id_account: id,
  application_date: nullable(date),
  date,
  datetime: nullable(dateTime),
  vdate: nullable(date),
  vdatetime: nullable(dateTime),
  rdate: date,
  rdatetime: nullable(dateTime),
  bdate: nullable(date),
  bdatetime: nullable(dateTime),
  value: nullable(decimal),
  gross_value: nullable(decimal),
  type: TYPE,
  original_wording: text,
  simplified_wording: text,
  wording: nullable(text),
  categories: listOf(object('Category', { code: text, parent_code: nullable(text) })),
  date_scraped: dateTime,
  coming: boolean,
  active: boolean,
  id_cluster: nullable(id),
  comment: nullable(text),
  last_update: nullable(dateTime),
  deleted: nullable(dateTime),
  original_value: nullable(decimal),
  original_gross_value: nullable(decimal),
  original_currency: nullable(CURRENCY),
  commission: nullable(decimal),
  commission_currency: nullable(CURRENCY),
  country: nullable(text),
  card: nullable(text),
  counterparty: nullable(COUNTERPARTY),
  attachments: optional(listOf(ATTACHMENT)),
  webid: optional(nullable(text)),
  id_category: optional(nullable(integer)),
  state: optional(text),
  nature: optional(nullable(text)),
  stemmed_wording: optional(text),
  formatted_value: optional(text),
});

export const TRANSACTIONS = object('TransactionsList', {
  transactions: listOf(TRANSACTION),
  ...BOUNDS,
  _links: LINKS,
  total: optional(integer),
});
