import { PowensApiError } from '../../errors/index.js';
import type { ApiPath } from '../../powens/bank/api-path.js';
import type { RemotePage } from '../../powens/bank/parse-page.js';

/** Pages that never end are a fault, not a long history: a thousand pages of 500 are more than anybody has. */
const MOST_PAGES = 1000;

/**
 * One page of a list.
 *
 * @public
 */
export interface PowensPage<T> {
  readonly items: readonly T[];
  /** Items of all pages, where Powens counts them. */
  readonly total: number | null;
  /** Whether there are more pages. */
  readonly hasNext: boolean;
}

/**
 * A list that is read page by page, each when it is asked for. Iterate over pages, or over {@link PowensPages.items}.
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

  /** @internal */
  constructor(first: ApiPath, read: (path: ApiPath) => Promise<RemotePage<T>>) {
    this.#first = first;
    this.#read = read;
  }

  /** Reads the first page only: with `limit` and `offset`, any page. */
  async page(): Promise<PowensPage<T>> {
    return pageOf(await this.#read(this.#first));
  }

  /**
   * Reads page after page. Follows the links of Powens to its own host only.
   *
   * @throws PowensApiError `powens_response_invalid` for a link that leads elsewhere, that was followed before, or
   *   after 1000 pages; and what else a call to Powens throws
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<PowensPage<T>, void, undefined> {
    const followed = new Set<string>();
    for (let path: ApiPath | null = this.#first; path !== null;) {
      if (followed.has(path.sent)) {
        throw endless(path, 'a page that links to one before it');
      }
      if (followed.size >= MOST_PAGES) {
        throw endless(path, `more than ${MOST_PAGES} pages`);
      }
      followed.add(path.sent);
      const page: RemotePage<T> = await this.#read(path);
      yield pageOf(page);
      path = page.next;
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

function pageOf<T>({ items, total, next }: RemotePage<T>): PowensPage<T> {
  return { items, total, hasNext: next !== null };
}

function endless({ operation }: ApiPath, description: string): PowensApiError {
  return new PowensApiError('powens_response_invalid', {
    operation: `GET ${operation}`,
    status: null,
    powensCode: null,
    description,
    requestId: null,
    processed: 'unknown',
  });
}
