import { PowensApiError } from '../../errors/index.js';
import type { PowensTransaction } from '../../powens/bank/bank.types.js';
import { parisText } from '../../powens/paris-date.js';
import type { Owner } from '../../values/owner.js';
import { cursorOf, parseCursor, type ReadSoFar } from './change-cursor.js';
import { pageLimit, type TransactionsPart } from './list-queries.js';

/**
 * Which changes of transactions to read.
 *
 * @public
 */
export interface TransactionChangesQuery {
  /** Cursor of the last page that the host stored; absent to read every transaction. */
  readonly cursor?: string;
  /**
   * Transactions per page, 10 to 1000.
   *
   * @defaultValue 500
   */
  readonly limit?: number;
}

/**
 * A page of new, changed and deleted transactions.
 *
 * @public
 */
export interface TransactionChangesPage {
  /** May hold a transaction that an earlier page held. Those that Powens deleted have {@link PowensTransaction.deletedAt}. */
  readonly items: readonly PowensTransaction[];
  /** To be stored after the items, in the same transaction of the host. It moves on with the last page, which has no items. */
  readonly cursor: string;
}

/** What the walk over the changes reads from. */
export interface ChangesSource {
  readonly owner: Owner;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Ids of the accounts that the person consented to, of connections in use. */
  accounts(): Promise<readonly string[]>;
  /** Reads transactions, deleted ones included, in the order of Powens. */
  read(part: TransactionsPart, offset: number, limit: number): Promise<ChangesPart>;
}

/** A page of a list at Powens, which may hold fewer items than were asked for. */
export interface ChangesPart {
  readonly items: readonly PowensTransaction[];
  /** Whether Powens says that there are more. */
  readonly hasNext: boolean;
}

const MIN_LIMIT = 10;

/**
 * The clocks of Powens and of this process differ by less than half an hour, and Powens writes the time of Paris, where an hour
 * occurs twice in autumn.
 */
const OVERLAP_MS = 90 * 60_000;

/** A list that changes that often while it is read is read again next time. */
const MAX_RESTARTS = 5;

/**
 * Reads what changed since a cursor: each change at least once, whatever happens meanwhile.
 *
 * An account that was not read before is read whole: its transactions may be older than the cursor, as those of a connection
 * that was confirmed later.
 */
export async function* transactionChanges(
  source: ChangesSource,
  { cursor, limit }: TransactionChangesQuery,
): AsyncGenerator<TransactionChangesPage, void, undefined> {
  const size = pageLimit(limit, MIN_LIMIT);
  const before = parseCursor(source.owner, cursor);
  const current = cursorOf(source.owner, before);
  const at = source.now();
  const accounts = await source.accounts();
  let isComplete = true;
  for (const { part, shown } of partsOf(before, accounts)) {
    const reading = walk(async (offset) => readPart(source, part, offset, size), size);
    for (let next = await reading.next(); ; next = await reading.next()) {
      if (next.done === true) {
        isComplete &&= next.value;
        break;
      }
      const items = next.value.filter(({ accountId }) => shown.has(accountId));
      if (items.length > 0) {
        yield { items, cursor: current };
      }
    }
  }
  yield { items: [], cursor: isComplete ? cursorOf(source.owner, { at, accounts }) : current };
}

function partsOf(
  before: ReadSoFar,
  accounts: readonly string[],
): { part: TransactionsPart; shown: ReadonlySet<string> }[] {
  const read = new Set(before.at === null ? [] : before.accounts);
  const known = accounts.filter((id) => read.has(id));
  const added = accounts.filter((id) => !read.has(id));
  if (known.length === 0) {
    // One list for all of them.
    return added.length === 0
      ? []
      : [{ part: { accountId: null, updatedSince: null }, shown: new Set(added) }];
  }
  const updatedSince = parisText(new Date((before.at ?? 0) - OVERLAP_MS));
  return [
    { part: { accountId: null, updatedSince }, shown: new Set(known) },
    ...added.map((id) => ({ part: { accountId: id, updatedSince: null }, shown: new Set([id]) })),
  ];
}

async function readPart(
  source: ChangesSource,
  part: TransactionsPart,
  offset: number,
  limit: number,
): Promise<ChangesPart> {
  try {
    return await source.read(part, offset, limit);
  } catch (error) {
    // The last consent was taken back, or the account is gone, since the accounts were read.
    if (error instanceof PowensApiError && error.failure.powensCode === 'noAccount') {
      return { items: [], hasNext: false };
    }
    throw error;
  }
}

/**
 * Reads a list page by page while it changes. Pages overlap: the last items of a page are looked for in the next one. Where
 * one of them is, nothing between the pages was passed over; where none is, the list is read again from its beginning.
 *
 * @returns whether the whole list was seen
 */
async function* walk(
  readAt: (offset: number) => Promise<ChangesPart>,
  size: number,
): AsyncGenerator<readonly PowensTransaction[], boolean, undefined> {
  let restarts = 0;
  let offset = 0;
  let tail: ReadonlySet<string> = new Set();
  for (;;) {
    const { items, hasNext } = await readAt(offset);
    const known = tail;
    const fresh = items.filter(({ id }) => !known.has(id));
    const isEnd = items.length < size && (!hasNext || fresh.length === 0);
    if (offset > 0 && !continues(items, known, isEnd)) {
      if (restarts === MAX_RESTARTS) {
        return false;
      }
      [restarts, offset, tail] = [restarts + 1, 0, new Set()];
      continue;
    }
    yield fresh;
    if (isEnd) {
      return true;
    }
    const overlap = Math.max(1, Math.floor(items.length / 10));
    tail = new Set(items.slice(-overlap).map(({ id }) => id));
    offset += Math.max(1, items.length - overlap);
  }
}

/** Whether a page holds items of the end of the page before, and more than these. */
function continues(items: readonly PowensTransaction[], tail: ReadonlySet<string>, isEnd: boolean): boolean {
  const last = items.at(-1);
  return items.some(({ id }) => tail.has(id)) && (isEnd || last === undefined || !tail.has(last.id));
}
