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
}

/** Where a page was read. */
interface PageSource<T> {
  /** The API root: a link that leads elsewhere is refused, since the token would follow it. */
  readonly root: string;
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
export function parsePage<T>(body: unknown, { root, path, key, parse }: PageSource<T>): RemotePage<T> {
  const answer = fields(body);
  const { total, _links: links }: WireList = answer;
  const items = answer[key];
  if (!Array.isArray(items)) {
    throw new UnexpectedShapeError(key);
  }
  const href = hrefOf(links);
  return {
    items: items.map((item) => parse(item)),
    total: typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? total : null,
    next: href === null ? null : ApiPath.ofLink(root, href, path),
  };
}

// A link is null or `{ href }`; a bare text is understood too.
function hrefOf(links: unknown): unknown {
  const next: unknown = isRecord(links) ? fields(links)['next'] : null;
  return (isRecord(next) ? fields(next)['href'] : next) ?? null;
}
