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
  const limit = query.integer('limit') ?? SANDBOX_CHOICES.maxPageSize;
  const offset = query.integer('offset') ?? 0;
  if (limit < 1 || limit > SANDBOX_CHOICES.maxPageSize) {
    throw invalidValue('limit', `it must be between 1 and ${SANDBOX_CHOICES.maxPageSize}`);
  }
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
