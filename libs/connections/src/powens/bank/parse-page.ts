import { fields, isRecord, UnexpectedShapeError } from '../wire-values.js';
import { ApiPath } from './api-path.js';
import type { WireList } from './bank.wire.js';

/**
 * One page of a list at Powens.
 *
 * @internal
 */
export interface RemotePage<T> {
  readonly items: readonly T[];
  /** Items of all pages, where Powens counts them. */
  readonly total: number | null;
  /** The next page, or null on the last. */
  readonly next: ApiPath | null;
  /** Whether `next` is counted, since Powens linked to nothing: that page may turn out to be empty, or this one again. */
  readonly isNextCounted?: boolean;
}

/** Items of a page where the request names no limit. */
const DOCUMENTED_LIMIT = 1000;

/** A list at Powens: the key of its items, and the parser of one. */
export interface ListOf<T> {
  readonly key: string;
  readonly parse: (item: unknown) => T;
  /** Leaves out an item that cannot be read: only where a missing item is not taken for one that is gone. */
  readonly skipsUnreadable?: boolean;
}

/** Where a page was read. */
interface PageSource<T> extends ListOf<T> {
  /** The API root: a link that leads elsewhere is refused, since the token would follow it. */
  readonly root: string;
  /** The root by which Powens names itself in links; that of the API when absent. */
  readonly named?: string;
  readonly path: ApiPath;
}

/**
 * Reads one page of a list.
 *
 * @throws UnexpectedShapeError
 * @internal
 */
export function parsePage<T>(body: unknown, source: PageSource<T>): RemotePage<T> {
  const { root, named, path, key } = source;
  const answer = fields(body);
  const { total, _links: links }: WireList = answer;
  const items: unknown = answer[key];
  if (!Array.isArray(items)) {
    throw new UnexpectedShapeError(key);
  }
  const page = {
    items: itemsOf(items, source),
    total: typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? total : null,
  };
  if (!isRecord(links)) {
    return { ...page, next: countedNext(path, items.length, page.total), isNextCounted: true };
  }
  const href = hrefOf(links);
  return { ...page, next: href === null ? null : ApiPath.ofLink(root, href, path, named) };
}

function itemsOf<T>(items: readonly unknown[], { parse, skipsUnreadable = false }: PageSource<T>): T[] {
  return items.flatMap((item) => {
    try {
      return [parse(item)];
    } catch (error) {
      if (skipsUnreadable && error instanceof UnexpectedShapeError) {
        return [];
      }
      throw error;
    }
  });
}

/** The page after one without links: where that page is full, or where Powens counts more items. */
function countedNext(path: ApiPath, count: number, total: number | null): ApiPath | null {
  const end = (path.integer('offset') ?? 0) + count;
  const isMore = total === null ? count >= (path.integer('limit') ?? DOCUMENTED_LIMIT) : end < total;
  return count > 0 && isMore ? path.atOffset(end) : null;
}

// A link is null or `{ href }`; a bare text is understood too.
function hrefOf(links: Record<string, unknown>): unknown {
  const next: unknown = fields(links)['next'];
  return (isRecord(next) ? fields(next)['href'] : next) ?? null;
}
