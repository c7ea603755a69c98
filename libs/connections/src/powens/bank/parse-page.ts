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

/** Where a page was read. */
interface PageSource<T> {
  /** The API root: a link that leads elsewhere is refused, since the token would follow it. */
  readonly root: string;
  /** The root by which Powens names itself in links; that of the API when absent. */
  readonly named?: string;
  readonly path: ApiPath;
  /** Key of the items. */
  readonly key: string;
  readonly parse: (item: unknown) => T;
}

/**
 * Reads one page of a list.
 *
 * @throws UnexpectedShapeError
 * @internal
 */
export function parsePage<T>(body: unknown, { root, named, path, key, parse }: PageSource<T>): RemotePage<T> {
  const answer = fields(body);
  const { total, _links: links }: WireList = answer;
  const items = answer[key];
  if (!Array.isArray(items)) {
    throw new UnexpectedShapeError(key);
  }
  const page = {
    items: items.map((item) => parse(item)),
    total: typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? total : null,
  };
  if (!isRecord(links)) {
    return { ...page, next: countedNext(path, page), isNextCounted: true };
  }
  const href = hrefOf(links);
  return { ...page, next: href === null ? null : ApiPath.ofLink(root, href, path, named) };
}

/** The page after one without links: where that page is full, or where Powens counts more items. */
function countedNext(
  path: ApiPath,
  { items, total }: { items: readonly unknown[]; total: number | null },
): ApiPath | null {
  const end = (path.integer('offset') ?? 0) + items.length;
  const isMore = total === null ? items.length >= (path.integer('limit') ?? DOCUMENTED_LIMIT) : end < total;
  return items.length > 0 && isMore ? path.atOffset(end) : null;
}

// A link is null or `{ href }`; a bare text is understood too.
function hrefOf(links: Record<string, unknown>): unknown {
  const next: unknown = fields(links)['next'];
  return (isRecord(next) ? fields(next)['href'] : next) ?? null;
}
