import { parseArgs } from 'node:util';
import type { PowensSandboxOptions } from '../sandbox.options.js';

/** The port where nothing else is asked for. */
export const DEFAULT_PORT = 4000;

/** What `powens-sandbox --help` prints. */
export const HELP = `Usage: powens-sandbox [options]

A local stand-in for the Powens API: webview, tokens, bank data and signed webhooks. It listens on 127.0.0.1 only.

  --port <number>    port, 0 for a free one (${DEFAULT_PORT})
  --data-dir <path>  keeps the state there, over restarts and kill -9 (in memory)
  --seed <number>    other bank data, 0 to 999 (0)
  --clock <date>     where the virtual clock starts, as 2026-03-01 or 2026-03-01T09:30:00Z (now)
  --help             this text
  --version          the version

Seed and clock are those of an empty state; a state that is kept goes on with its own.
Exit codes: 0 stopped, 1 not started, 2 wrong options.
`;

/** What a command line asks for. */
export type Command =
  { readonly does: 'help' | 'version' } | { readonly does: 'start'; readonly options: PowensSandboxOptions };

/** A command line that cannot be read. The message is one line. */
export class UsageError extends Error {}

// A time without a zone would be another instant on another machine.
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/**
 * Reads the arguments of the command. What a value may be is checked by {@link startPowensSandbox}.
 *
 * @throws UsageError
 */
export function readCommandLine(argv: readonly string[]): Command {
  const { help, version, port, seed, clock, 'data-dir': dataDir } = parsed(argv);
  if (help === true || version === true) {
    return { does: help === true ? 'help' : 'version' };
  }
  const options = {
    port: port === undefined ? DEFAULT_PORT : numberOf(port),
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(seed === undefined ? {} : { seed: numberOf(seed) }),
    ...(clock === undefined ? {} : { clock: dateOf(clock) }),
  };
  return { does: 'start', options };
}

function parsed(argv: readonly string[]) {
  const [text, flag] = [{ type: 'string' }, { type: 'boolean' }] as const;
  try {
    return parseArgs({
      args: [...argv],
      options: { port: text, 'data-dir': text, seed: text, clock: text, help: flag, version: flag },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
}

/** Digits only: `Number` would take the empty text for 0 and `0x10` for 16. */
function numberOf(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}

/** An invalid date for what is none; JavaScript would take the 31st of February for the 3rd of March. */
function dateOf(text: string): Date {
  const day = new Date(DATE.test(text) ? text.slice(0, 10) : Number.NaN);
  const exists = !Number.isNaN(day.getTime()) && text.startsWith(day.toISOString().slice(0, 10));
  return new Date(exists ? text : Number.NaN);
}
