import type { AccountRecord } from '../store/records.js';
import { rounded } from '../wire/bank/currency.wire.js';
import { transactionToWire } from '../wire/bank/transaction.wire.js';
import type { TransactionWire } from '../wire/bank/transaction.wire.js';
import { dayOf, endOfMonth } from './calendar.js';
import type { Movement } from './merchants.js';
import { PURCHASES, QUARTERLY_FEE } from './merchants.js';
import { movementOn } from './movements.js';

const DAY_MS = 86_400_000;
/** How many days of history an account has when it is discovered. */
const HISTORY_DAYS = 365;
/** Each account has its own range of ids: one for each day of history, then one for each day since. */
const IDS = { perAccount: 2000, firstRecent: 400 } as const;
const MAX_RECENT_DAYS = IDS.perAccount - IDS.firstRecent - 1;
const CARD_NUMBER = '4970XXXXXXXX1234';

/** Of an account, what its transactions are computed from. */
export type TransactionsOwner = Pick<AccountRecord, 'id' | 'type' | 'createdAt' | 'currency'>;

/** A day of an account on which something moved; `day` counts from the discovery of the account. */
interface Slot {
  readonly day: number;
  readonly at: number;
  readonly movement: Movement;
}

/**
 * The transactions of an account, newest first: a year of history, and what each day brought until the account was last
 * synchronised. They are computed, not stored: the same account always has the same ones, and a sandbox with a hundred
 * thousand users stays small.
 *
 * @see protocol notes, section 12.8
 */
export function transactionsOf(account: TransactionsOwner, until: number | null = null): TransactionWire[] {
  const now = until ?? account.createdAt;
  return slotsOf(account, -HISTORY_DAYS, recentDays(account, now)).map((slot) =>
    transactionIn(account, slot, now),
  );
}

/** When the history of an account begins. */
export function historyStart({ createdAt }: TransactionsOwner): number {
  return createdAt - HISTORY_DAYS * DAY_MS;
}

/** The transactions above an id, newest first: what is new since that one. */
export function transactionsAfter(
  account: TransactionsOwner,
  id: number | null,
  until: number,
): TransactionWire[] {
  const from = id === null ? -HISTORY_DAYS : Math.max(dayOfId(account, id) + 1, -HISTORY_DAYS);
  return slotsOf(account, from, recentDays(account, until)).map((slot) =>
    transactionIn(account, slot, until),
  );
}

/** The id of the account that a transaction belongs to. */
export function accountOfTransaction(id: number): number {
  return Math.floor(id / IDS.perAccount);
}

/** The id of the newest transaction; 0 when there is none. */
export function newestTransactionId(account: TransactionsOwner, until: number): number {
  for (let day = recentDays(account, until); day >= -HISTORY_DAYS; day -= 1) {
    if (slotOn(account, day) !== undefined) {
      return idOn(account, day);
    }
  }
  return 0;
}

/** What moved on an account since it was discovered: the balance of a bank account moves by as much. */
export function movedSince(account: TransactionsOwner, until: number): number {
  const slots = slotsOf(account, 1, recentDays(account, until));
  return rounded(slots.reduce((sum, { movement }) => sum + movement.value, 0));
}

/**
 * More history, oldest last, for receivers that must bear a first synchronisation of several megabytes. Its ids belong to
 * no other transaction.
 */
export function ancientTransaction(account: TransactionsOwner, rank: number): TransactionWire {
  const at = account.createdAt - (HISTORY_DAYS + 1 + Math.floor(rank / 10)) * DAY_MS;
  const id = 1_000_000_000 + (account.id % 10_000) * 100_000 + rank;
  const movement = PURCHASES[rank % PURCHASES.length] ?? QUARTERLY_FEE;
  return written(account, { id, at, movement, bookedAt: at, now: account.createdAt });
}

/** Newest first. */
function slotsOf(account: TransactionsOwner, from: number, to: number): Slot[] {
  const slots: Slot[] = [];
  for (let day = to; day >= from; day -= 1) {
    const slot = slotOn(account, day);
    if (slot !== undefined) {
      slots.push(slot);
    }
  }
  return slots;
}

/** The day of the discovery itself brings nothing: its history ends the day before. */
function slotOn(account: TransactionsOwner, day: number): Slot | undefined {
  const at = account.createdAt + day * DAY_MS;
  const movement = day === 0 ? undefined : movementOn(account, dayOf(at), day > 0);
  return movement === undefined ? undefined : { day, at, movement };
}

function recentDays(account: TransactionsOwner, until: number): number {
  const days = Math.floor((until - account.createdAt) / DAY_MS);
  return Math.min(Math.max(days, 0), MAX_RECENT_DAYS);
}

function idOn({ id }: TransactionsOwner, day: number): number {
  return id * IDS.perAccount + (day < 0 ? HISTORY_DAYS + day : IDS.firstRecent + day);
}

function dayOfId({ id }: TransactionsOwner, transaction: number): number {
  const rank = transaction - id * IDS.perAccount;
  return rank < IDS.firstRecent ? rank - HISTORY_DAYS : rank - IDS.firstRecent;
}

function transactionIn(account: TransactionsOwner, slot: Slot, now: number): TransactionWire {
  const { day, at, movement } = slot;
  const isDeferred = movement.type === 'deferred_card';
  const bookedAt = isDeferred ? endOfMonth(at) : at;
  return written(account, { id: idOn(account, day), at, movement, bookedAt, now });
}

function written(
  account: TransactionsOwner,
  facts: { id: number; at: number; movement: Movement; bookedAt: number; now: number },
): TransactionWire {
  const { id, at, movement, bookedAt, now } = facts;
  const isCard = movement.prefix === 'CB' || movement.prefix === 'RET';
  const isComing = bookedAt > now;
  const foundAt = Math.max(at, account.createdAt);
  return transactionToWire({
    ...movement,
    id,
    idAccount: account.id,
    currency: account.currency,
    at: bookedAt,
    madeAt: isCard && bookedAt === at ? at - DAY_MS : at,
    foundAt,
    // A deferred purchase changes once more, when the card is debited.
    updatedAt: isComing ? foundAt : Math.max(bookedAt, foundAt),
    counterparty: movement.counterparty ?? null,
    foreign: movement.foreign ?? null,
    card: isCard ? CARD_NUMBER : null,
    isComing,
  });
}
