import type { KeyRotationService } from '../../custody/rotation/key-rotation.service.js';
import type { KeyCount, RotateOptions } from '../../custody/rotation/key-rotation.types.js';
import { ConfigurationError, ConnectionsError } from '../../errors/index.js';
import type { Environment, Output } from '../shared/output.js';
import { UsageError } from '../shared/usage-error.js';
import { HELP, readArguments, type KeysArguments } from './keys-arguments.js';
import { withRotation } from './keys-session.js';
import { ProgressDisplay } from './progress-display.js';

/** What the process around the command gives it. */
export interface KeysSurroundings {
  readonly env: Environment;
  /** Results. */
  readonly stdout: Output;
  /** Progress and errors, so that results can be piped. */
  readonly stderr: Output;
  /** Aborts when somebody interrupts. */
  readonly signal: AbortSignal;
}

const DONE = 0;
const LEFT = 1;
const WRONG = 2;
const FAILED = 3;
const INTERRUPTED = 130;

type Run = (rotation: KeyRotationService, wish: KeysArguments, around: KeysSurroundings) => Promise<number>;

const RUNS: Readonly<Record<KeysArguments['command'], Run>> = { rotate, count, verify, abandon };

/**
 * Runs `connections-keys`.
 *
 * @param argv - arguments after the name of the command
 * @returns the exit code; see {@link HELP}
 */
export async function runKeysCommand(argv: readonly string[], around: KeysSurroundings): Promise<number> {
  try {
    const wish = readArguments(argv);
    if (wish === 'help') {
      around.stdout.write(HELP);
      return DONE;
    }
    return await withRotation(wish, around.env, async (rotation) =>
      RUNS[wish.command](rotation, wish, around),
    );
  } catch (error) {
    return tell(error, around.stderr);
  }
}

async function rotate(
  rotation: KeyRotationService,
  wish: KeysArguments,
  around: KeysSurroundings,
): Promise<number> {
  const report = await withProgress('re-encrypted', wish, around, async (options) =>
    rotation.rotate(options),
  );
  around.stdout.write(
    `${report.done} rows re-encrypted, ${report.skipped} skipped, ${report.unreadable} unreadable, ` +
      `${report.left} left on other keys.\n`,
  );
  if (report.left === 0) {
    around.stdout.write('The other keys may be removed from the ring.\n');
    return DONE;
  }
  around.stdout.write('Run it again before any key is removed; "verify" tells of unreadable rows.\n');
  return around.signal.aborted ? INTERRUPTED : LEFT;
}

async function count(
  rotation: KeyRotationService,
  { instance }: KeysArguments,
  { stdout }: KeysSurroundings,
): Promise<number> {
  const counts = await rotation.countByKey();
  const ids = Math.max(...counts.map(({ keyId }) => keyId.length));
  const numbers = Math.max(...counts.map((row) => String(rowsOf(row)).length));
  stdout.write(`Tokens and connections of instance "${instance}" by key:\n`);
  for (const row of counts) {
    stdout.write(`${row.keyId.padEnd(ids)}  ${String(rowsOf(row)).padStart(numbers)}  ${meaningOf(row)}\n`);
  }
  return counts.every(({ available }) => available) ? DONE : LEFT;
}

async function verify(
  rotation: KeyRotationService,
  wish: KeysArguments,
  around: KeysSurroundings,
): Promise<number> {
  const found = await withProgress('readable', wish, around, async (options) => rotation.verify(options));
  const { key_unavailable: noKey, token_tampered: tampered } = found.unreadable;
  around.stdout.write(`${found.checked} rows checked, ${noKey + tampered} unreadable.\n`);
  if (noKey > 0) {
    around.stdout.write(`key_unavailable: ${noKey}. Their key is not in the ring: put it back.\n`);
  }
  if (tampered > 0) {
    around.stdout.write(
      `token_tampered: ${tampered}. Rows were changed, or another key carries the key's id.\n`,
    );
  }
  if (around.signal.aborted) {
    return INTERRUPTED;
  }
  return noKey + tampered === 0 ? DONE : LEFT;
}

async function abandon(
  rotation: KeyRotationService,
  { key, confirm }: KeysArguments,
  { stdout }: KeysSurroundings,
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

async function withProgress<T>(
  what: string,
  { batchSize }: KeysArguments,
  { stderr, signal }: KeysSurroundings,
  run: (options: RotateOptions) => Promise<T>,
): Promise<T> {
  const display = new ProgressDisplay(stderr, what);
  try {
    return await run({
      signal,
      onProgress: (progress) => {
        display.show(progress);
      },
      ...(batchSize === undefined ? {} : { batchSize }),
    });
  } finally {
    display.end();
  }
}

function rowsOf({ tokens, connections }: Pick<KeyCount, 'tokens' | 'connections'>): number {
  return tokens + connections;
}

function meaningOf({ primary, available, ...counts }: KeyCount): string {
  if (primary) {
    return 'primary: used for all that is new';
  }
  if (!available) {
    return 'MISSING from the ring: these rows cannot be used';
  }
  return rowsOf(counts) === 0 ? 'may be removed' : 'still needed: run "rotate"';
}

/** Only messages of this library are printed: a driver's quotes rows, a parser's quotes the keys. */
function tell(error: unknown, stderr: Output): number {
  if (error instanceof UsageError) {
    stderr.write(`${error.message} See connections-keys --help.\n`);
    return WRONG;
  }
  if (error instanceof ConfigurationError) {
    stderr.write(
      `${error.message}\nHere, option "keys" is the variable CONNECTIONS_KEYS, "batchSize" is --batch.\n`,
    );
    return WRONG;
  }
  stderr.write(`${error instanceof ConnectionsError ? error.message : 'A fault of this command.'}\n`);
  return FAILED;
}
