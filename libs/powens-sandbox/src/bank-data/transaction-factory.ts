import type { AccountRecord } from '../store/records.js';
import {
  transactionToWire,
  type CounterpartyWire,
  type TransactionFacts,
  type TransactionWire,
} from '../wire/transaction.wire.js';

const DAY_MS = 86_400_000;
/** How many transactions an account has when it is discovered. */
const HISTORY = 60;
const DAYS_BETWEEN = 1.5;
/** An account's ids end before the next account's start. */
const MAX_RECENT = 900;

/** Of an account, what its transactions are computed from. */
export type TransactionsOwner = Pick<AccountRecord, 'id' | 'createdAt' | 'currency'>;

/** What a transaction is about. */
interface Kind {
  wording: string;
  prefix: string;
  type: string;
  value: number;
  category: TransactionFacts['category'];
  counterparty?: CounterpartyWire;
  foreign?: NonNullable<TransactionFacts['foreign']>;
}

const CARD_NUMBER = '4970XXXXXXXX1234';

const daily = { id: 9, code: 'dailyLife', parent: null };

const KINDS: readonly Kind[] = [
  card('BOULANGERIE DU PORT', -6.4, { id: 21, code: 'groceries', parent: 'dailyLife' }),
  card('MARCHÉ SAINT MARTIN', -48.15, { id: 21, code: 'groceries', parent: 'dailyLife' }),
  {
    ...{ wording: 'LOYER', prefix: 'PRLV', type: 'order', value: -890 },
    category: { id: 31, code: 'rent', parent: 'housing' },
    counterparty: party('Agence des Quais', 'creditor', 'FR7630004000031234567890143'),
  },
  card('CAFÉ DES ARTS', -3.2, { id: 22, code: 'restaurants', parent: 'dailyLife' }),
  {
    ...{ wording: 'TRANSPORTS METROPOLE', prefix: 'PRLV', type: 'order', value: -42.9 },
    category: { id: 41, code: 'publicTransport', parent: 'transport' },
    counterparty: party('Transports Metropole', 'creditor', null),
  },
  {
    ...{ wording: 'SALAIRE ATELIERS RÉUNIS', prefix: 'VIR', type: 'transfer', value: 2310.5 },
    category: { id: 51, code: 'salary', parent: 'income' },
    counterparty: party('Ateliers Réunis', 'debtor', 'FR7610011000201234567890188'),
  },
  {
    ...card('LIBRAIRIE LES PAGES', -21.9, { id: 61, code: 'books', parent: 'leisure' }),
    foreign: { value: -23.5, currency: 'USD', commission: -0.4 },
  },
];

const OTHER: Kind = card('DIVERS', -1, daily);

function card(wording: string, value: number, category: Kind['category']): Kind {
  return { wording, prefix: 'CB', type: 'card', value, category };
}

function party(label: string, type: CounterpartyWire['type'], iban: string | null): CounterpartyWire {
  return {
    label,
    account_scheme_name: iban === null ? null : 'iban',
    account_scheme_identification: iban,
    type,
  };
}

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
  const isCard = kind.type === 'card';
  return transactionToWire({
    ...kind,
    id,
    idAccount: account.id,
    currency: account.currency,
    at,
    madeAt: at - DAY_MS,
    foundAt: updatedAt,
    updatedAt,
    counterparty: kind.counterparty ?? null,
    foreign: kind.foreign ?? null,
    card: isCard ? CARD_NUMBER : null,
    country: kind.foreign === undefined ? null : 'US',
  });
}
