import { powensDate, powensDateTime } from '../http/powens-date-time.js';

/** A party on the other side of a transaction. */
export interface CounterpartyWire {
  label: string;
  account_scheme_name: 'iban' | null;
  account_scheme_identification: string | null;
  type: 'creditor' | 'debtor';
}

/**
 * A bank transaction as the provider writes it: every documented key is there, and null where the bank told nothing.
 *
 * @see https://docs.powens.com/api-reference/products/data-aggregation/bank-transactions#transaction-object
 */
export interface TransactionWire {
  id: number;
  id_account: number;
  webid: string | null;
  application_date: string;
  date: string;
  datetime: string | null;
  vdate: string | null;
  vdatetime: string | null;
  rdate: string;
  rdatetime: string | null;
  bdate: string | null;
  bdatetime: string | null;
  value: number | null;
  gross_value: number | null;
  type: string;
  original_wording: string;
  simplified_wording: string;
  stemmed_wording: string;
  wording: string;
  categories: { code: string; parent_code: string | null }[];
  id_category: number;
  state: string;
  date_scraped: string;
  coming: boolean;
  active: boolean;
  id_cluster: number | null;
  comment: string | null;
  last_update: string;
  deleted: string | null;
  original_value: number | null;
  original_gross_value: number | null;
  original_currency: CurrencyWire | null;
  commission: number | null;
  commission_currency: CurrencyWire | null;
  nature: string | null;
  card: string | null;
  country: string | null;
  counterparty: CounterpartyWire | null;
  formatted_value: string;
}

/** A currency as the provider writes it. */
export interface CurrencyWire {
  id: string;
  name: string;
  symbol: string;
  prefix: boolean;
  precision: number;
}

const CURRENCIES: Record<string, Omit<CurrencyWire, 'id' | 'precision'>> = {
  EUR: { name: 'Euro', symbol: '€', prefix: false },
  GBP: { name: 'Livre sterling', symbol: '£', prefix: true },
  USD: { name: 'Dollar américain', symbol: '$', prefix: true },
};

/** Every currency the sandbox writes. */
export const CURRENCY_IDS: readonly string[] = Object.keys(CURRENCIES);

/** A currency by its code (ISO 4217). */
export function currencyToWire(id: string): CurrencyWire {
  const { name, symbol, prefix } = CURRENCIES[id] ?? { name: id, symbol: id, prefix: false };
  return { id, name, symbol, prefix, precision: 2 };
}

/** An amount as a person reads it: `-1 234,56 €`, or `£1,234.56` where the symbol comes first. */
export function formatted(value: number, currency: string): string {
  const { symbol, prefix } = currencyToWire(currency);
  const [whole = '0', cents = '00'] = Math.abs(value).toFixed(2).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, prefix ? ',' : ' ');
  const sign = value < 0 ? '-' : '';
  return prefix ? `${sign}${symbol}${grouped}.${cents}` : `${sign}${grouped},${cents} ${symbol}`;
}

/** What a transaction is made of. */
export interface TransactionFacts {
  id: number;
  idAccount: number;
  currency: string;
  /** When it was booked. */
  at: number;
  /** When it was made: a day before for a card, the same day otherwise. */
  madeAt: number;
  foundAt: number;
  updatedAt: number;
  value: number;
  type: string;
  prefix: string;
  wording: string;
  category: { id: number; code: string; parent: string | null };
  counterparty: CounterpartyWire | null;
  /** Paid in another currency. */
  foreign: { value: number; currency: string; commission: number } | null;
  card: string | null;
  country: string | null;
}

/** Writes a transaction for the wire. */
export function transactionToWire(facts: TransactionFacts): TransactionWire {
  const { at, madeAt, foreign, value, currency } = facts;
  const [date, made] = [powensDate(at), powensDate(madeAt)];
  const isCard = facts.type === 'card';
  return {
    id: facts.id,
    id_account: facts.idAccount,
    webid: `T-${facts.id}`,
    application_date: date,
    date,
    datetime: null,
    vdate: date,
    vdatetime: null,
    rdate: made,
    rdatetime: isCard ? powensDateTime(madeAt) : null,
    bdate: date,
    bdatetime: null,
    value,
    gross_value: null,
    type: facts.type,
    original_wording: `${facts.prefix} ${facts.wording} ${made.slice(8)}/${made.slice(5, 7)}`,
    simplified_wording: facts.wording,
    stemmed_wording: facts.wording,
    wording: facts.wording,
    categories: [{ code: facts.category.code, parent_code: facts.category.parent }],
    id_category: facts.category.id,
    state: 'parsed',
    date_scraped: powensDateTime(facts.foundAt),
    coming: false,
    active: true,
    id_cluster: null,
    comment: null,
    last_update: powensDateTime(facts.updatedAt),
    deleted: null,
    original_value: foreign?.value ?? null,
    original_gross_value: null,
    original_currency: foreign === null ? null : currencyToWire(foreign.currency),
    commission: foreign?.commission ?? null,
    commission_currency: foreign === null ? null : currencyToWire(currency),
    nature: null,
    card: facts.card,
    country: facts.country,
    counterparty: facts.counterparty,
    formatted_value: formatted(value, currency),
  };
}
