import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './usage-error.js';

/** The options that a command takes. */
type Options = NonNullable<ParseArgsConfig['options']>;

/** What was read; its type is inferred from the options. */
export type Parsed<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; allowPositionals: true; options: T }>
>;

/**
 * Reads the options of a command, and the words beside them.
 *
 * @throws UsageError; the message of `parseArgs` repeats what was typed
 */
export function parseOptions<const T extends Options>(argv: readonly string[], options: T): Parsed<T> {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options });
  } catch {
    throw new UsageError('An option is not known, or lacks its value.');
  }
}
