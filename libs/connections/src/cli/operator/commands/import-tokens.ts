import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { TokenImportService } from '../../../flow/token-import/token-import.service.js';
import type { ImportEntry } from '../../../flow/token-import/token-import.types.js';
import type { CommandContext } from '../../shared/output.js';
import { withProgress } from '../../shared/progress-display.js';
import { UsageError } from '../../shared/usage-error.js';
import { DONE, INTERRUPTED, type Invocation, LEFT } from '../command.js';

/** Runs `connections import`. @returns the exit code */
export async function importTokens(invocation: Invocation): Promise<number> {
  const { given, context, operands } = invocation;
  const input = await inputOf(operands[0] ?? '', context);
  const imports = await invocation.service(TokenImportService);
  const lines: number[] = [];
  const report = await withProgress(context.stderr, 'read', async (onProgress) =>
    imports.import(entriesOf(input, context, lines), {
      renewable: given['renewable'] === true,
      emitEvents: given['emit-events'] === true,
      onProgress,
    }),
  );
  const failed = report.failed.map(({ index, code }) => `line ${lines[index] ?? 0}: ${code}\n`).join('');
  invocation.print(
    report,
    `${report.imported} imported, ${report.unchanged} unchanged, ${report.failed.length} failed.\n${failed}`,
  );
  if (context.signal.aborted) {
    return INTERRUPTED;
  }
  return report.failed.length === 0 ? DONE : LEFT;
}

/** @throws UsageError for a file that cannot be opened */
async function inputOf(file: string, { stdin }: CommandContext): Promise<Readable> {
  if (file === '-') {
    return Readable.from(stdin);
  }
  try {
    return (await open(file)).createReadStream();
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new UsageError(`The file cannot be read (${code}).`);
  }
}

/**
 * Line by line, so that only a few tokens are in memory.
 *
 * @param lines - receives the number of the line of each entry: blank ones are none
 */
async function* entriesOf(
  input: Readable,
  { signal }: CommandContext,
  lines: number[],
): AsyncGenerator<ImportEntry> {
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    if (signal.aborted) {
      return;
    }
    // An editor may have put a byte order mark before the first line.
    const text = number === 1 ? line.replace(/^\ufeff/, '') : line;
    if (/^[ \t]*$/.test(text)) {
      continue;
    }
    lines.push(number);
    yield entryOf(text, number);
  }
}

/** The message repeats nothing of the line: it holds a token. */
function entryOf(line: string, number: number): ImportEntry {
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry === 'object' && entry !== null && 'owner' in entry && 'token' in entry) {
      return entry as ImportEntry;
    }
  } catch {
    // Reported below.
  }
  throw new UsageError(
    `Line ${number} is not {"owner": "id", "token": "text"}. What is before it was imported.`,
  );
}
