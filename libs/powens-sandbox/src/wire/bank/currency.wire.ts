import { boolean, docs, integer, resource, sure, text, write } from '../table/field.js';
import type { WireOf } from '../table/field.js';

/** A currency. */
export const CURRENCY = resource(
  'Currency',
  { source: docs('products/data-aggregation/bank-accounts#currency-object'), confidence: 'A' },
  {
    id: text,
    name: text,
    symbol: text,
    crypto: sure('B', boolean),
    prefix: sure('C', boolean),
    precision: integer,
  },
);

/** A currency as the provider writes it. */
export type CurrencyWire = WireOf<(typeof CURRENCY)['fields']>;

const CURRENCIES: Record<string, Omit<CurrencyWire, 'id' | 'crypto' | 'precision'>> = {
  EUR: { name: 'Euro', symbol: '€', prefix: false },
  GBP: { name: 'Livre sterling', symbol: '£', prefix: true },
  USD: { name: 'Dollar américain', symbol: '$', prefix: true },
};

/** Every currency the sandbox writes. */
export const CURRENCY_IDS: readonly string[] = Object.keys(CURRENCIES);

const WRITTEN = new Map(CURRENCY_IDS.map((id) => [id, madeOf(id)]));

/** A currency by its code (ISO 4217). */
export function currencyToWire(id: string): CurrencyWire {
  return { ...(WRITTEN.get(id) ?? madeOf(id)) };
}

function madeOf(id: string): CurrencyWire {
  const { name, symbol, prefix } = CURRENCIES[id] ?? { name: id, symbol: id, prefix: false };
  return write(CURRENCY, { id, name, symbol, crypto: false, prefix, precision: 2 });
}

/** An amount as a person reads it: `-1 234,56 €`, or `£1,234.56` where the symbol comes first. */
export function formatted(value: number, currency: string): string {
  const { symbol, prefix } = WRITTEN.get(currency) ?? madeOf(currency);
  const [whole = '0', cents = '00'] = Math.abs(value).toFixed(2).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, prefix ? ',' : ' ');
  const sign = value < 0 ? '-' : '';
  return prefix ? `${sign}${symbol}${grouped}.${cents}` : `${sign}${grouped},${cents} ${symbol}`;
}

/** An amount in whole cents: sums of decimals must not drift. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
