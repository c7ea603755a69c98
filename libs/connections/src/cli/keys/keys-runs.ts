import type { KeyRotationService } from '../../custody/rotation/key-rotation.service.js';
import type { KeyCount, RotateOptions } from '../../custody/rotation/key-rotation.types.js';
import type { Environment, Output } from '../shared/output.js';
import { UsageError } from '../shared/usage-error.js';
import type { KeysArguments } from './keys-arguments.js';
import { type Progress, withProgress } from '../shared/progress-display.js';

/** The environment and outputs of the process. */
export interface KeysContext {
  readonly env: Environment;
  /** Results. */
  readonly stdout: Output;
  /** Progress and errors, so that results can be piped. */
  readonly stderr: Output;
  /** Aborts on an interrupt signal. */
  readonly signal: AbortSignal;
}

/** Exit codes; `HELP` explains them. */
export const DONE = 0;
const LEFT = 1;
const INTERRUPTED = 130;

/** Runs one subcommand on the rows of an instance. @returns the exit code */
type Run = (rotation: KeyRotationService, args: KeysArguments, context: KeysContext) => Promise<number>;

/** The subcommands that need the database. */
export const RUNS: Readonly<Record<Exclude<KeysArguments['command'], 'generate'>, Run>> = {
  rotate,
  count,
  verify,
  abandon,
};

async function rotate(
  rotation: KeyRotationService,
  args: KeysArguments,
  context: KeysContext,
): Promise<number> {
  const report = await withProgress(context.stderr, 're-encrypted', async (onProgress) =>
    rotation.rotate(optionsOf(args, context, onProgress)),
  );
  context.stdout.write(
    `${report.done} rows re-encrypted, ${report.skipped} skipped, ${report.unreadable} unreadable, ` +
      `${report.left} left on other keys.\n`,
  );
  if (report.left === 0) {
    context.stdout.write('The other keys may be removed from the ring.\n');
    return DONE;
  }
  context.stdout.write('Run it again before any key is removed; "verify" counts unreadable rows.\n');
  return context.signal.aborted ? INTERRUPTED : LEFT;
}

async function count(
  rotation: KeyRotationService,
  { instance }: KeysArguments,
  { stdout }: KeysContext,
): Promise<number> {
  const counts = await rotation.countByKey();
  const ids = Math.max(...counts.map(({ keyId }) => keyId.length));
  const numbers = Math.max(...counts.map((row) => String(rowCountOf(row)).length));
  stdout.write(`Tokens and connections of instance "${instance}" by key:\n`);
  for (const row of counts) {
    stdout.write(
      `${row.keyId.padEnd(ids)}  ${String(rowCountOf(row)).padStart(numbers)}  ${meaningOf(row)}\n`,
    );
  }
  return counts.every(({ available }) => available) ? DONE : LEFT;
}

async function verify(
  rotation: KeyRotationService,
  args: KeysArguments,
  context: KeysContext,
): Promise<number> {
  const found = await withProgress(context.stderr, 'readable', async (onProgress) =>
    rotation.verify(optionsOf(args, context, onProgress)),
  );
  const { key_unavailable: noKey, token_tampered: tampered } = found.unreadable;
  context.stdout.write(`${found.checked} rows checked, ${noKey + tampered} unreadable.\n`);
  if (noKey > 0) {
    context.stdout.write(`key_unavailable: ${noKey}. Their key is not in the ring: put it back.\n`);
  }
  if (tampered > 0) {
    context.stdout.write(
      `token_tampered: ${tampered}. Rows were changed, or another key carries the key's id.\n`,
    );
  }
  if (context.signal.aborted) {
    return INTERRUPTED;
  }
  return noKey + tampered === 0 ? DONE : LEFT;
}

async function abandon(
  rotation: KeyRotationService,
  { key, confirm }: KeysArguments,
  { stdout }: KeysContext,
): Promise<number> {
  if (key === undefined) {
    throw new UsageError('Name the lost key: --key <id>.');
  }
  if (!confirm) {
    const lost = (await rotation.countByKey()).find(({ keyId }) => keyId === key);
    stdout.write(
      `${lost?.tokens ?? 0} tokens need the key. With --confirm they are deleted here; nothing is sent to Powens. Nothing was done.\n`,
    );
    return LEFT;
  }
  stdout.write(
    `${await rotation.abandonKey(key)} tokens were deleted here. The application can start without the key.\n`,
  );
  return DONE;
}

function optionsOf(
  { batchSize }: KeysArguments,
  { signal }: KeysContext,
  onProgress: (progress: Progress) => void,
): RotateOptions {
  return { signal, onProgress, ...(batchSize === undefined ? {} : { batchSize }) };
}

function rowCountOf({ tokens, connections }: Pick<KeyCount, 'tokens' | 'connections'>): number {
  return tokens + connections;
}

function meaningOf({ primary, available, ...counts }: KeyCount): string {
  if (primary) {
    return 'primary: used for all that is new';
  }
  if (!available) {
    return 'MISSING from the ring: these rows cannot be used';
  }
  return rowCountOf(counts) === 0 ? 'may be removed' : 'still needed: run "rotate"';
}
