import { PowensApiError } from '../../errors/powens-api.error.js';
import type { ApiPath } from './api-path.js';
import type { RemotePage } from './parse-page.js';

/** Pages that never end are a fault, not a long history: no user has more than a thousand pages of 500. */
const MAX_PAGES = 1000;

/**
 * Reads page after page, lazily. Follows the links of Powens; where there are none, counts by offset until a page is empty, or
 * the one before it again, as a server answers that knows no offset.
 *
 * @throws PowensApiError `powens_response_invalid` for a page that links to one before it, or after 1000 pages
 * @internal
 */
export async function* walkPages<T>(
  first: ApiPath,
  read: (path: ApiPath) => Promise<RemotePage<T>>,
): AsyncGenerator<RemotePage<T>, void, undefined> {
  const followed = new Set<string>();
  let before: RemotePage<T> | null = null;
  for (let path: ApiPath | null = first; path !== null;) {
    if (followed.has(path.sent)) {
      throw unusable(path, 'a page that links to one before it');
    }
    if (followed.size >= MAX_PAGES) {
      throw unusable(path, `more than ${MAX_PAGES} pages`);
    }
    followed.add(path.sent);
    const page: RemotePage<T> = await read(path);
    if (before?.isNextCounted === true && isNothingNew(page, before)) {
      return;
    }
    yield page;
    before = page;
    path = page.next;
  }
}

function isNothingNew(page: RemotePage<unknown>, before: RemotePage<unknown>): boolean {
  return page.items.length === 0 || JSON.stringify(page.items) === JSON.stringify(before.items);
}

/**
 * Reads a list whose completeness counts: a comparison counts missing items as deleted.
 *
 * Pages are cut by offset, so that an item created or deleted between two reads moves the cut: an item listed twice is
 * returned once, and pages that hold fewer items than Powens counts are refused.
 *
 * @throws PowensApiError as {@link walkPages}; `powens_response_invalid` when the pages do not add up
 * @internal
 */
export async function wholeList<T extends { readonly id: string }>(
  first: ApiPath,
  read: (path: ApiPath) => Promise<RemotePage<T>>,
): Promise<T[]> {
  const all = new Map<string, T>();
  let pages = 0;
  let total: number | null = null;
  for await (const page of walkPages(first, read)) {
    page.items.forEach((item) => all.set(item.id, item));
    pages += 1;
    ({ total } = page);
  }
  // The count is no documented promise: a single page is the whole list whatever it says.
  if (pages > 1 && total !== null && all.size < total) {
    throw unusable(first, 'pages that hold fewer items than the list has');
  }
  return [...all.values()];
}

function unusable({ operation }: ApiPath, description: string): PowensApiError {
  return new PowensApiError('powens_response_invalid', {
    operation: `GET ${operation}`,
    status: null,
    powensCode: null,
    description,
    requestId: null,
    processed: 'unknown',
  });
}
