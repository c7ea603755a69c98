import { powensDate, powensDateTime } from '../../http/powens-date-time.js';
import { CURRENCY, currencyToWire, formatted } from './currency.wire.js';
import {
  boolean,
  date,
  dateTime,
  decimal,
  docs,
  integer,
  many,
  one,
  orNull,
  resource,
  sure,
  text,
  unsimulated,
  write,
} from '../table/field.js';
import type { WireOf } from '../table/field.js';

const PAGE = docs('products/data-aggregation/bank-transactions');

/** The other party of a transaction. */
export const COUNTERPARTY = resource(
  'TransactionCounterparty',
  { source: `${PAGE}#transactioncounterparty-object`, confidence: 'B' },
  {
    label: orNull(text),
    account_scheme_name: orNull(text),
    account_identification: orNull(text),
    type: orNull(text),
  },
);

/** The category of a transaction. */
export const TRANSACTION_CATEGORY = resource(
  'TransactionCategory',
  { source: `${PAGE}#transactioncategory-object`, confidence: 'B' },
  { code: text, parent_code: orNull(text) },
);

/** A file that the person or the bank attached to a transaction. */
export const ATTACHMENT = resource(
  'TransactionAttachment',
  { source: docs('products/data-aggregation/transactions-attachments'), confidence: 'B' },
  {
    id: integer,
    name: text,
    description: text,
    mime_type: text,
    size: integer,
    created_date: date,
    created_datetime: dateTime,
    last_update: dateTime,
    url: text,
  },
);

/** A bank transaction. */
export const TRANSACTION = resource(
  'Transaction',
  { source: `${PAGE}#transaction-object`, confidence: 'A' },
  {
    id: integer,
    id_account: integer,
    webid: sure('C', orNull(text)),
    application_date: orNull(date),
    date,
    datetime: unsimulated(orNull(dateTime)),
    vdate: orNull(date),
    vdatetime: unsimulated(orNull(dateTime)),
    rdate: date,
    rdatetime: orNull(dateTime),
    bdate: orNull(date),
    bdatetime: unsimulated(orNull(dateTime)),
    value: orNull(decimal),
    gross_value: unsimulated(orNull(decimal)),
    type: text,
    original_wording: text,
    simplified_wording: text,
    stemmed_wording: sure('C', text),
    wording: orNull(text),
    categories: many(TRANSACTION_CATEGORY),
    id_category: sure('C', integer),
    state: sure('C', text),
    date_scraped: dateTime,
    coming: boolean,
    active: boolean,
    id_cluster: unsimulated(orNull(integer)),
    comment: orNull(text),
    last_update: orNull(dateTime),
    deleted: orNull(dateTime),
    original_value: orNull(decimal),
    original_gross_value: unsimulated(orNull(decimal)),
    original_currency: orNull(one(CURRENCY)),
    commission: orNull(decimal),
    commission_currency: orNull(one(CURRENCY)),
    nature: sure('C', unsimulated(orNull(text))),
    card: orNull(text),
    country: orNull(text),
    counterparty: orNull(one(COUNTERPARTY)),
    formatted_value: sure('C', text),
  },
  { attachments: many(ATTACHMENT) },
);

/** A bank transaction as the provider writes it. */
export type TransactionWire = WireOf<(typeof TRANSACTION)['fields']>;

/** A counterparty as the provider writes it. */
export type CounterpartyWire = WireOf<(typeof COUNTERPARTY)['fields']>;

/** A category, and the number that older clients read. */
export interface Category {
  id: number;
  code: string;
  parent: string | null;
}

/** What a transaction is made of. */
export interface TransactionFacts {
  id: number;
  idAccount: number;
  currency: string;
  /** When it is booked. */
  at: number;
  /** When it was made: a card is booked later. */
  madeAt: number;
  foundAt: number;
  updatedAt: number;
  value: number;
  type: string;
  prefix: string;
  wording: string;
  category: Category;
  counterparty: CounterpartyWire | null;
  /** Paid in another currency. */
  foreign: { value: number; currency: string; commission: number; country: string } | null;
  card: string | null;
  /** Announced by the bank, and not booked yet. */
  isComing: boolean;
}

/** Writes a transaction for the wire. */
export function transactionToWire(facts: TransactionFacts): TransactionWire {
  const { madeAt, value, currency, wording, category } = facts;
  return write(TRANSACTION, {
    id: facts.id,
    id_account: facts.idAccount,
    webid: `T-${facts.id}`,
    ...datesOf(facts),
    value,
    type: facts.type,
    original_wording: `${facts.prefix} ${wording} ${dayAndMonth(madeAt)}`,
    simplified_wording: wording,
    stemmed_wording: wording,
    wording,
    categories: [{ code: category.code, parent_code: category.parent }],
    id_category: category.id,
    state: 'parsed',
    date_scraped: powensDateTime(facts.foundAt),
    coming: facts.isComing,
    active: true,
    last_update: powensDateTime(facts.updatedAt),
    ...foreignOf(facts),
    card: facts.card,
    counterparty: facts.counterparty,
    formatted_value: formatted(value, currency),
  });
}

function datesOf({
  at,
  madeAt,
  card,
}: TransactionFacts): Pick<
  TransactionWire,
  'application_date' | 'date' | 'vdate' | 'rdate' | 'rdatetime' | 'bdate'
> {
  const booked = powensDate(at);
  return {
    application_date: booked,
    date: booked,
    vdate: booked,
    rdate: powensDate(madeAt),
    rdatetime: card === null ? null : powensDateTime(madeAt),
    bdate: booked,
  };
}

function foreignOf({ foreign, currency }: TransactionFacts): Partial<TransactionWire> {
  return foreign === null
    ? {}
    : {
        original_value: foreign.value,
        original_currency: currencyToWire(foreign.currency),
        commission: foreign.commission,
        commission_currency: currencyToWire(currency),
        country: foreign.country,
      };
}

function dayAndMonth(at: number): string {
  const day = powensDate(at);
  return `${day.slice(8)}/${day.slice(5, 7)}`;
}
