import { powensDate, powensDateTime } from '../http/powens-date-time.js';
import type { AccountRecord } from '../store/records.js';

const DAY_MS = 86_400_000;
/** How many transactions an account has when it is discovered. */
const HISTORY = 60;
const DAYS_BETWEEN = 1.5;
/** An account's ids end before the next account's start. */
const MAX_RECENT = 900;

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

/** Of an account, what its transactions are computed from. */
export type TransactionsOwner = Pick<AccountRecord, 'id' | 'createdAt'>;

interface Kind {
  wording: string;
  prefix: string;
  type: string;
  value: number;
}

const KINDS: readonly Kind[] = [
  { wording: 'BOULANGERIE DU PORT', prefix: 'CB', type: 'card', value: -6.4 },
  { wording: 'MARCHÉ SAINT MARTIN', prefix: 'CB', type: 'card', value: -48.15 },
  { wording: 'LOYER', prefix: 'PRLV', type: 'order', value: -890 },
  { wording: 'CAFÉ DES ARTS', prefix: 'CB', type: 'card', value: -3.2 },
  { wording: 'TRANSPORTS METROPOLE', prefix: 'PRLV', type: 'order', value: -42.9 },
  { wording: 'SALAIRE ATELIERS RÉUNIS', prefix: 'VIR', type: 'transfer', value: 2310.5 },
  { wording: 'LIBRAIRIE LES PAGES', prefix: 'CB', type: 'card', value: -21.9 },
];

const OTHER: Kind = { wording: 'DIVERS', prefix: 'CB', type: 'card', value: -1 };

/**
 * The transactions of an account, newest first: a history, and one more for each day until it was last synchronised.
 * They are computed, not stored: the same account always has the same ones, and a sandbox with a hundred thousand users
 * stays small.
 *
 * @see protocol notes, section 12.8
 */
export function transactionsOf(account: TransactionsOwner, until: number | null = null): TransactionWire[] {
  const days = Math.floor(((until ?? account.createdAt) - account.createdAt) / DAY_MS);
  const recent = Math.min(Math.max(days, 0), MAX_RECENT);
  return [
    ...Array.from({ length: recent }, (_, rank) => recentTransaction(account, recent - rank)),
    ...Array.from({ length: HISTORY }, (_, rank) => pastTransaction(account, rank)),
  ];
}

/**
 * More history, oldest last, for receivers that must bear a first synchronisation of several megabytes. Its ids belong to
 * no other transaction.
 */
export function ancientTransaction(account: TransactionsOwner, rank: number): TransactionWire {
  const at = account.createdAt - (90 + Math.floor(rank / 10)) * DAY_MS;
  const id = 1_000_000_000 + (account.id % 10_000) * 100_000 + rank;
  return transaction(account, { id, at, rank, updatedAt: account.createdAt });
}

function recentTransaction(account: TransactionsOwner, day: number): TransactionWire {
  const at = account.createdAt + day * DAY_MS;
  return transaction(account, { id: account.id * 1000 + HISTORY + day, at, rank: day, updatedAt: at });
}

function pastTransaction(account: TransactionsOwner, rank: number): TransactionWire {
  const at = account.createdAt - Math.floor((rank + 1) * DAYS_BETWEEN) * DAY_MS;
  const id = account.id * 1000 + (HISTORY - rank);
  return transaction(account, { id, at, rank, updatedAt: account.createdAt });
}

function transaction(
  account: TransactionsOwner,
  { id, at, rank, updatedAt }: { id: number; at: number; rank: number; updatedAt: number },
): TransactionWire {
  const kind = KINDS[(rank + account.id) % KINDS.length] ?? OTHER;
  const date = powensDate(at);
  const day = powensDate(at - DAY_MS);
  return {
    id,
    id_account: account.id,
    date,
    rdate: day,
    application_date: date,
    value: kind.value,
    type: kind.type,
    original_wording: `${kind.prefix} ${kind.wording} ${day.slice(8)}/${day.slice(5, 7)}`,
    simplified_wording: kind.wording,
    wording: kind.wording,
    coming: false,
    active: true,
    deleted: null,
    last_update: powensDateTime(updatedAt),
  };
}
