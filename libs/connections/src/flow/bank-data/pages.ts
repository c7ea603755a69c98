import type { ApiPath } from '../../powens/bank/api-path.js';
import type { RemotePage } from '../../powens/bank/parse-page.js';
import { walkPages } from '../../powens/bank/walk-pages.js';

/**
 * One page of a list.
 *
 * @public
 */
export interface PowensPage<T> {
  readonly items: readonly T[];
  /** Items of all pages, where Powens counts them; null when some of them are left out. */
  readonly total: number | null;
  /** Whether there are more pages. */
  readonly hasNext: boolean;
}

/**
 * Shows only items of connections in use.
 *
 * @see OA-31
 * @internal
 */
export interface ConnectionFilter<T> {
  /** Whether Powens counts items that are not shown. */
  readonly leavesOut: boolean;
  shows(item: T): boolean;
}

/**
 * A list that is read lazily, page by page. Iterate over pages, or over {@link PowensPages.items}. Items of a connection
 * that is not in use are left out, so that a page may hold fewer items than its limit, or none.
 *
 * @example
 * ```ts
 * for await (const { items } of client.transactions({ minDate: '2026-01' })) await keep(items);
 * ```
 * @public
 */
export class PowensPages<T> implements AsyncIterable<PowensPage<T>> {
  readonly #first: ApiPath;
  readonly #read: (path: ApiPath) => Promise<RemotePage<T>>;
  readonly #filter: () => Promise<ConnectionFilter<T> | null>;

  /**
   * @param filter - made for each read, since connections change; null shows everything
   * @internal
   */
  constructor(
    first: ApiPath,
    read: (path: ApiPath) => Promise<RemotePage<T>>,
    filter: () => Promise<ConnectionFilter<T> | null> = () => Promise.resolve(null),
  ) {
    this.#first = first;
    this.#read = read;
    this.#filter = filter;
  }

  /** Reads the first page only: with `limit` and `offset`, any page. */
  async page(): Promise<PowensPage<T>> {
    const filter = await this.#filter();
    return pageOf(await this.#read(this.#first), filter);
  }

  /**
   * Reads page after page. Follows the links of Powens to its own host only.
   *
   * @throws PowensApiError `powens_response_invalid` for a link to another host, for a link that was followed before, or
   *   after 1000 pages; any other error of a call to Powens
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<PowensPage<T>, void, undefined> {
    const filter = await this.#filter();
    for await (const page of walkPages(this.#first, this.#read)) {
      yield pageOf(page, filter);
    }
  }

  /** Reads item after item, over all pages. */
  async *items(): AsyncGenerator<T, void, undefined> {
    for await (const { items } of this) {
      yield* items;
    }
  }

  /** Reads all pages. */
  async all(): Promise<T[]> {
    const all: T[] = [];
    for await (const { items } of this) {
      all.push(...items);
    }
    return all;
  }
}

function pageOf<T>({ items, total, next }: RemotePage<T>, filter: ConnectionFilter<T> | null): PowensPage<T> {
  const hasNext = next !== null;
  return filter === null
    ? { items, total, hasNext }
    : { items: items.filter((item) => filter.shows(item)), total: filter.leavesOut ? null : total, hasNext };
}
