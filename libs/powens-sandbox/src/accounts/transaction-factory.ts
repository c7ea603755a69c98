import { powensDate, powensDateTime } from '../http/powens-date-time.js';
import type { AccountRecord } from '../store/records.js';

const DAY_MS = 86_400_000;
/** How many transactions an account has when it is discovered. */
const HISTORY = 60;
const DAYS_BETWEEN = 1.5;

/** A bank transaction as the provider writes it. */
export interface TransactionWire {
  id: number;
  id_account: number;
  date: string;
  rdate: string;
  application_date: string;
  value: number;
  type: string;
  original_wording: string;
  simplified_wording: string;
  wording: string;
  coming: boolean;
  active: boolean;
  deleted: null;
  last_update: string;
}

const KINDS: readonly { wording: string; prefix: string; type: string; value: number }[] = [
  { wording: 'BOULANGERIE DU PORT', prefix: 'CB', type: 'card', value: -6.4 },
  { wording: 'MARCHE SAINT MARTIN', prefix: 'CB', type: 'card', value: -48.15 },
  { wording: 'LOYER', prefix: 'PRLV', type: 'order', value: -890 },
  { wording: 'CAFE DES ARTS', prefix: 'CB', type: 'card', value: -3.2 },
  { wording: 'TRANSPORTS METROPOLE', prefix: 'PRLV', type: 'order', value: -42.9 },
  { wording: 'SALAIRE ATELIERS REUNIS', prefix: 'VIR', type: 'transfer', value: 2310.5 },
  { wording: 'LIBRAIRIE LES PAGES', prefix: 'CB', type: 'card', value: -21.9 },
];

/**
 * The transactions of an account, newest first. They are computed, not stored: the same account always has the same
 * ones, and a sandbox with a hundred thousand users stays small.
 *
 * @see protocol notes, section 12.8
 */
export function transactionsOf(account: AccountRecord): TransactionWire[] {
  return Array.from({ length: HISTORY }, (_, rank) => transaction(account, rank));
}

function transaction(account: AccountRecord, rank: number): TransactionWire {
  const at = account.createdAt - Math.floor((rank + 1) * DAYS_BETWEEN) * DAY_MS;
  const kind = KINDS[(rank + account.id) % KINDS.length] ?? {
    wording: 'DIVERS',
    prefix: 'CB',
    type: 'card',
    value: -1,
  };
  const day = powensDate(at - DAY_MS);
  return {
    id: account.id * 1000 + (HISTORY - rank),
    id_account: account.id,
    date: powensDate(at),
    rdate: day,
    application_date: powensDate(at),
    value: kind.value,
    type: kind.type,
    original_wording: `${kind.prefix} ${kind.wording} ${day.slice(8)}/${day.slice(5, 7)}`,
    simplified_wording: kind.wording,
    wording: kind.wording,
    coming: false,
    active: true,
    deleted: null,
    last_update: powensDateTime(account.createdAt),
  };
}
