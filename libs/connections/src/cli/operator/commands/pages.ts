import type { PageRequest } from '../../../values/page.js';
import { UsageError } from '../../shared/usage-error.js';
import { DONE, textOf, type CommandOption, type Given, type Invocation } from '../command.js';

/** The options of a command that lists. */
export const PAGE: Readonly<Record<string, CommandOption>> = {
  limit: { value: 'number', meaning: 'most that are listed, 1 to 200 (default: 50)' },
  cursor: { value: 'text', meaning: 'continues after an earlier list, which printed it' },
};

/**
 * Reads the options of {@link PAGE}.
 *
 * @throws UsageError
 */
export function pageOf(given: Given): PageRequest {
  const [limit, cursor] = [textOf(given, 'limit'), textOf(given, 'cursor')];
  if (limit !== undefined && (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 200)) {
    throw new UsageError('--limit must be a whole number from 1 to 200.');
  }
  return {
    ...(limit === undefined ? {} : { limit: Number(limit) }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

/** Prints a page, one line each, and how to go on. */
export function printPage<Item>(
  { print }: Invocation,
  page: { readonly items: readonly Item[]; readonly nextCursor: string | null },
  lineOf: (item: Item) => string,
): number {
  const lines = page.items.map((item) => `${lineOf(item)}\n`).join('');
  const more = page.nextCursor === null ? '' : `More: --cursor ${page.nextCursor}\n`;
  print(page, lines === '' ? 'There is none.\n' : `${lines}${more}`);
  return DONE;
}
