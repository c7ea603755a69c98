import { ApiPath } from '../../../powens/bank/api-path.js';
import type { PowensTransaction } from '../../../powens/bank/bank.types.js';
import type { RemotePage } from '../../../powens/bank/parse-page.js';
import { parisText } from '../../../powens/paris-date.js';
import type { Owner } from '../../../values/owner.js';
import { cursorOf, parseCursor, wasRead, type ReadSoFar } from './change-cursor.js';
import { pageLimit } from '../list-queries.js';
import { readWholeList, type Ending } from './changing-list.js';

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
  /** Reads a page of a list of transactions. */
  read(path: ApiPath): Promise<RemotePage<PowensTransaction>>;
}

/** A list at Powens, and the accounts whose transactions are taken from it. */
interface Part {
  readonly path: ApiPath;
  readonly shown: ReadonlySet<string>;
}

const MIN_LIMIT = 10;

/**
 * The clocks of Powens and of this process differ by less than half an hour, and Powens writes the time of Paris, where an hour
 * occurs twice in autumn.
 */
const OVERLAP_MS = 90 * 60_000;

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
  const read: string[] = [];
  let isStable = true;
  for (const part of partsOf(before, await source.accounts(), size)) {
    const ending = yield* pagesOf(source, part, current);
    read.push(...(ending === 'whole' ? part.shown : []));
    isStable &&= ending !== 'unstable';
  }
  // An account whose consent ended meanwhile was missing in some page: it counts as not read.
  const still = new Set(read.length === 0 ? [] : await source.accounts());
  const accounts = read.filter((id) => still.has(id));
  yield { items: [], cursor: isStable ? cursorOf(source.owner, { at, accounts }) : current };
}

async function* pagesOf(
  source: ChangesSource,
  { path, shown }: Part,
  cursor: string,
): AsyncGenerator<TransactionChangesPage, Ending, undefined> {
  const pages = readWholeList(path, async (page) => source.read(page));
  for (let next = await pages.next(); ; next = await pages.next()) {
    if (next.done === true) {
      return next.value;
    }
    const items = next.value.filter(({ accountId }) => shown.has(accountId));
    if (items.length > 0) {
      yield { items, cursor };
    }
  }
}

function partsOf(before: ReadSoFar, accounts: readonly string[], limit: number): Part[] {
  const isKnown = wasRead(before, accounts);
  const known = accounts.filter(isKnown);
  const added = accounts.filter((id) => !isKnown(id));
  const part = (shown: readonly string[], below: string, updatedSince?: string): Part => ({
    // Deleted ones included.
    path: ApiPath.of(`/users/me${below}/transactions`, { limit, last_update: updatedSince, all: '' }),
    shown: new Set(shown),
  });
  if (known.length === 0) {
    // One list for all of them.
    return added.length === 0 ? [] : [part(added, '')];
  }
  const updatedSince = parisText(new Date((before.at ?? 0) - OVERLAP_MS));
  return [part(known, '', updatedSince), ...added.map((id) => part([id], `/accounts/${id}`))];
}
