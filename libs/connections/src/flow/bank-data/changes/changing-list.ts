import { PowensApiError } from '../../../errors/index.js';
import type { ApiPath } from '../../../powens/bank/api-path.js';
import type { RemotePage } from '../../../powens/bank/parse-page.js';
import { walkPages } from '../../../powens/bank/walk-pages.js';

/**
 * How the reading of a list ended: wholly; without its items, since the consent or the account is gone; or before its end, since
 * it never stood still.
 */
export type Ending = 'whole' | 'gone' | 'unstable';

type Item = { readonly id: string };
type Read<T> = (path: ApiPath) => Promise<RemotePage<T>>;
type Pages<T> = AsyncGenerator<readonly T[], Ending, undefined>;

const DEFAULT_LIMIT = 500;

/** A list that changes that often while it is read is read again next time. */
const MAX_RESTARTS = 5;

/**
 * Reads a whole list while it changes: nothing that stays as it is may be missed. What changes meanwhile may be, since the next
 * reading of the changes finds it.
 *
 * A link of Powens is a position between two items: no other item moves it. An offset is none, whether it is counted here or stands
 * in a link: pages by offset overlap.
 */
export async function* readWholeList<T extends Item>(first: ApiPath, read: Read<T>): Pages<T> {
  try {
    const opening = await read(first);
    const again: Read<T> = async (path) => (path === first ? opening : read(path));
    return yield* isByOffset(opening) ? overlappingPages(first, again) : linkedPages(first, again);
  } catch (error) {
    if (isGone(error, first)) {
      return 'gone';
    }
    throw error;
  }
}

function isByOffset({ next, isNextCounted }: RemotePage<unknown>): boolean {
  return isNextCounted === true || (next !== null && next.integer('offset') !== null);
}

async function* linkedPages<T extends Item>(first: ApiPath, read: Read<T>): Pages<T> {
  for await (const { items } of walkPages(first, read)) {
    yield items;
  }
  return 'whole';
}

/**
 * The last items of a page are looked for in the next one. Where one of them is, nothing between the pages was passed over; where
 * none is, the list is read again from its beginning.
 */
async function* overlappingPages<T extends Item>(first: ApiPath, read: Read<T>): Pages<T> {
  const size = first.integer('limit') ?? DEFAULT_LIMIT;
  let restarts = 0;
  let [path, offset] = [first, 0];
  let tail: ReadonlySet<string> = new Set();
  for (;;) {
    const { items, next } = await read(path);
    const known = tail;
    const fresh = items.filter(({ id }) => !known.has(id));
    const isEnd = items.length < size && (next === null || fresh.length === 0);
    if (offset > 0 && !continues(items, known, isEnd)) {
      if (restarts === MAX_RESTARTS) {
        return 'unstable';
      }
      [restarts, path, offset, tail] = [restarts + 1, first.atOffset(0), 0, new Set()];
      continue;
    }
    yield fresh;
    if (isEnd) {
      return 'whole';
    }
    const overlap = Math.max(1, Math.floor(items.length / 10));
    tail = new Set(items.slice(-overlap).map(({ id }) => id));
    offset += Math.max(1, items.length - overlap);
    path = first.atOffset(offset);
  }
}

/** Whether a page holds items of the end of the page before, and more than these. */
function continues(items: readonly Item[], tail: ReadonlySet<string>, isEnd: boolean): boolean {
  const last = items.at(-1);
  return items.some(({ id }) => tail.has(id)) && (isEnd || last === undefined || !tail.has(last.id));
}

/** The last consent was taken back, or the account is gone, since the accounts were read. */
function isGone(error: unknown, { operation }: ApiPath): boolean {
  if (!(error instanceof PowensApiError)) {
    return false;
  }
  const { powensCode, status } = error.failure;
  return powensCode === 'noAccount' || (status === 404 && operation.includes('/accounts/'));
}
