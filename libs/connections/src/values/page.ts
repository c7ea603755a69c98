import { ConnectionsError } from '../errors/index.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/**
 * Request for a page of a list.
 *
 * @public
 */
export interface PageRequest {
  /** From 1 to 200. @default 50 */
  readonly limit?: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

/** How a list is read; `after` and `limit` go into its statement. */
interface PageSource<Row> {
  /** Sorts before every row. */
  readonly start: string;
  /** Whether a decoded cursor is a key of this list. */
  readonly isKey: (text: string) => boolean;
  readonly keyOf: (row: Row) => string;
  readonly find: (after: string, limit: number) => Promise<readonly Row[]>;
}

/**
 * Reads one page of a list by its key. One row more than requested is read, to know whether there is another page.
 *
 * @returns the rows, and an opaque cursor for the next page; null on the last one
 * @throws ConnectionsError `invalid_request` for a limit or cursor that is not one
 */
export async function readPage<Row>(
  { limit = DEFAULT_LIMIT, cursor }: PageRequest,
  source: PageSource<Row>,
): Promise<{ items: readonly Row[]; nextCursor: string | null }> {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new ConnectionsError('invalid_request', `limit must be a whole number from 1 to ${MAX_LIMIT}.`);
  }
  const after = cursor === undefined ? source.start : keyOfCursor(cursor, source.isKey);
  const rows = await source.find(after, limit + 1);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    nextCursor: rows.length > limit && last !== undefined ? cursorOf(source.keyOf(last)) : null,
  };
}

function cursorOf(key: string): string {
  return Buffer.from(key, 'utf8').toString('base64url');
}

function keyOfCursor(cursor: string, isKey: (text: string) => boolean): string {
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!isKey(key) || cursorOf(key) !== cursor) {
    throw new ConnectionsError(
      'invalid_request',
      'This list did not give out that cursor. Start without one.',
    );
  }
  return key;
}
