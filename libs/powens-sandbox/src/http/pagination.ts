import { SANDBOX_CHOICES } from '../sandbox.choices.js';
import { invalidValue } from './sandbox-api.error.js';
import { Fields } from './fields.js';
import type { SandboxRequest } from './sandbox-request.js';

/** One link of a page, or null where there is nothing to link to. */
type Link = { href: string } | null;

/** The links that let a client walk a list without computing offsets. */
export interface PageLinks {
  self: Link;
  prev: Link;
  next: Link;
}

/** One page of a list. */
export interface Page<T> {
  items: T[];
  total: number;
  /** Present when the caller asked for a page: the documented samples of whole lists carry none. */
  links: { _links: PageLinks } | Record<string, never>;
}

/**
 * Cuts one page out of a list and links to its neighbours, with absolute URLs as the reference shows them.
 *
 * @see https://docs.powens.com/api-reference/overview/api-design#pagination
 */
export function paginate<T>(
  all: readonly T[],
  { originalUrl, linkRoot = '' }: Pick<SandboxRequest, 'originalUrl' | 'linkRoot'>,
): Page<T> {
  const [path, search] = splitUrl(originalUrl);
  const query = new Fields(Object.fromEntries(new URLSearchParams(search)));
  const [limit, offset] = [limitOf(query), query.integer('offset') ?? 0];
  const link = (at: number): Link => ({ href: `${linkRoot}${path}?${withOffset(search, at, limit)}` });
  const links = {
    _links: {
      self: link(offset),
      prev: offset > 0 ? link(Math.max(0, offset - limit)) : null,
      next: offset + limit < all.length ? link(offset + limit) : null,
    },
  };
  return {
    items: all.slice(offset, offset + limit),
    total: all.length,
    links: query.has('limit') ? links : {},
  };
}

/**
 * Cuts one page out of a list that is paged by position: links hold a cursor that means nothing to the client, and stands for the item
 * that the page begins after, or ends before. A page of some `offset` is cut, too.
 *
 * @param keyOf - tells where an item stands; keys of the list descend
 * @see https://docs.powens.com/api-reference/products/data-aggregation/bank-transactions#list-transactions
 */
export function paginateByCursor<T>(
  all: readonly T[],
  request: Pick<SandboxRequest, 'originalUrl' | 'linkRoot'>,
  keyOf: (item: T) => string,
): Page<T> {
  const [path, search] = splitUrl(request.originalUrl);
  const query = new Fields(Object.fromEntries(new URLSearchParams(search)));
  const limit = limitOf(query);
  const start = startOf(all, query, limit, keyOf);
  const items = all.slice(start, start + limit);
  const link = (cursor: string | null): Link =>
    cursor === null ? null : { href: `${request.linkRoot ?? ''}${path}?${withCursor(search, cursor)}` };
  const [first, last] = [items.at(0), items.at(-1)];
  return {
    items,
    total: all.length,
    links: {
      _links: {
        self: { href: `${request.linkRoot ?? ''}${request.originalUrl}` },
        prev: link(start > 0 && first !== undefined ? cursorOf('<', keyOf(first)) : null),
        next: link(start + limit < all.length && last !== undefined ? cursorOf('>', keyOf(last)) : null),
      },
    },
  };
}

function limitOf(query: Fields): number {
  const limit = query.integer('limit') ?? SANDBOX_CHOICES.maxPageSize;
  if (limit < 1 || limit > SANDBOX_CHOICES.maxPageSize) {
    throw invalidValue('limit', `it must be between 1 and ${SANDBOX_CHOICES.maxPageSize}`);
  }
  return limit;
}

function startOf<T>(all: readonly T[], query: Fields, limit: number, keyOf: (item: T) => string): number {
  const cursor = query.text('cursor');
  if (cursor === undefined) {
    return query.integer('offset') ?? 0;
  }
  const [, side, key = ''] = /^([<>])(.*)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (side === undefined) {
    throw invalidValue('cursor');
  }
  const found = all.findIndex((item) => (side === '>' ? keyOf(item) < key : keyOf(item) <= key));
  const at = found === -1 ? all.length : found;
  return side === '>' ? at : Math.max(0, at - limit);
}

function cursorOf(side: '<' | '>', key: string): string {
  return Buffer.from(side + key).toString('base64url');
}

/** Keeps the filters of the request in the link, not the offset that it began at. */
function withCursor(search: string, cursor: string): string {
  const params = new URLSearchParams(search);
  params.delete('offset');
  params.set('cursor', cursor);
  return params.toString();
}

function splitUrl(url: string): [string, string] {
  const end = url.indexOf('?');
  return end === -1 ? [url, ''] : [url.slice(0, end), url.slice(end + 1)];
}

/** Keeps every other parameter of the request in the link: filters and expansions must survive the walk. */
function withOffset(search: string, offset: number, limit: number): string {
  const params = new URLSearchParams(search);
  params.set('limit', String(limit));
  params.set('offset', String(offset));
  return params.toString();
}
