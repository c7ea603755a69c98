import { ConfigurationError, ConnectionsError } from '../../errors/index.js';
import { withEnvFile } from '../shared/env-file.js';
import type { Output } from '../shared/output.js';
import { UsageError } from '../shared/usage-error.js';
import { generateKey } from './generate-key.js';
import { HELP, readArguments, type KeysArguments } from './keys-arguments.js';
import { withRotation } from './keys-session.js';
import { DONE, type KeysContext, RUNS } from './keys-runs.js';

const WRONG = 2;
const FAILED = 3;

/**
 * Runs `connections keys`.
 *
 * @param argv - arguments after the name of the command
 * @returns the exit code; see {@link HELP}
 */
export async function runKeysCommand(argv: readonly string[], context: KeysContext): Promise<number> {
  try {
    const args = readArguments(argv);
    if (args === 'help') {
      context.stdout.write(HELP);
      return DONE;
    }
    return await execute(args, { ...context, env: withEnvFile(args.envFile, context.env) });
  } catch (error) {
    return printError(error, context.stderr);
  }
}

async function execute(args: KeysArguments, context: KeysContext): Promise<number> {
  const { command } = args;
  if (command === 'generate') {
    return generate(args, context);
  }
  return withRotation(args, context.env, async (rotation) => RUNS[command](rotation, args, context));
}

/** Only the key goes to the output, so that it can be piped into a secret store. */
function generate({ key }: KeysArguments, { env, stdout, stderr }: KeysContext): number {
  const { entry, isFirst } = generateKey(env['CONNECTIONS_KEYS'], key);
  stdout.write(`${entry}\n`);
  stderr.write(
    isFirst
      ? 'Set it as CONNECTIONS_KEYS, and keep a copy outside of the database: without it, tokens cannot be opened.\n'
      : 'Put it after the others in CONNECTIONS_KEYS of every process, then before them, then run "rotate".\n',
  );
  return DONE;
}

/** Only messages of this library are printed: those of drivers quote rows, those of parsers the keys. */
function printError(error: unknown, stderr: Output): number {
  if (error instanceof UsageError) {
    stderr.write(`${error.message} See connections keys --help.\n`);
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
