import { ConfigurationError, ConnectionsError, type ConnectionsErrorCode } from '../../errors/index.js';
import { problemsOf } from '../doctor/doctor-settings.js';
import { withEnvFile } from '../shared/env-file.js';
import type { CommandContext, Output } from '../shared/output.js';
import { parseOptions } from '../shared/parse-options.js';
import { UsageError } from '../shared/usage-error.js';
import { COMMON, DONE, FAILED, LEFT, textOf, WRONG, type Command, type Given } from './command.js';
import { COMMANDS } from './commands.js';
import { helpOf } from './help.js';
import { withApplication } from './operator-application.js';

/**
 * Runs a command on the application's services.
 *
 * @param argv - the words of the command, its operands and options
 * @returns the exit code
 */
export async function runOperatorCommand(argv: readonly string[], context: CommandContext): Promise<number> {
  const [word = ''] = argv;
  try {
    const { command, operands, given } = read(argv);
    if (given['help'] === true) {
      context.stdout.write(helpOf(word));
      return DONE;
    }
    const env = withEnvFile(textOf(given, 'env-file'), context.env);
    return await withApplication(given, env, async (service) =>
      command.run({
        operands,
        given,
        context: { ...context, env },
        service,
        print: (result, text) => {
          context.stdout.write(given['json'] === true ? `${JSON.stringify(result)}\n` : text);
        },
      }),
    );
  } catch (error) {
    return printError(error, word, context.stderr);
  }
}

/** There is nothing to act on, or not now: neither the arguments nor a service are at fault. */
const REFUSALS: readonly ConnectionsErrorCode[] = ['not_found', 'not_connected', 'sync_refused', 'busy'];

interface Reading {
  readonly command: Command;
  readonly operands: readonly string[];
  readonly given: Given;
}

function read(argv: readonly string[]): Reading {
  const named = COMMANDS.filter(({ words }) => words.every((word, index) => argv[index] === word));
  const group = COMMANDS.filter(({ words }) => words[0] === argv[0]);
  const command = named[0] ?? (argv.includes('--help') ? group[0] : undefined);
  if (command === undefined) {
    throw new UsageError(`Name one of: ${group.map(({ words }) => words.join(' ')).join(', ')}.`);
  }
  const { values, positionals } = parsed(command, argv.slice(named.length === 0 ? 1 : command.words.length));
  const { length } = command.operands ?? [];
  const fits = takesMore(command) ? positionals.length >= length : positionals.length === length;
  if (values['help'] !== true && !fits) {
    throw new UsageError(
      `${command.words.join(' ')} takes ${length === 0 ? 'no operand' : `${length} operand`}.`,
    );
  }
  return { command, operands: positionals, given: values };
}

/** The last operand may be given several times. */
function takesMore({ operands = [] }: Command): boolean {
  return operands.at(-1)?.endsWith('…') === true;
}

function parsed(command: Command, argv: readonly string[]): { values: Given; positionals: string[] } {
  const options = Object.entries({ ...COMMON, ...command.options }).map(([name, { value }]) => [
    name,
    { type: value === undefined ? 'boolean' : 'string' },
  ]);
  return parseOptions(argv, Object.fromEntries(options) as Record<string, { type: 'boolean' | 'string' }>);
}

/** Only messages of this library are printed: those of drivers quote rows. */
function printError(error: unknown, word: string, stderr: Output): number {
  if (error instanceof UsageError) {
    stderr.write(`${error.message} See connections ${word} --help.\n`);
    return WRONG;
  }
  if (error instanceof ConfigurationError) {
    problemsOf(error).forEach((problem) => stderr.write(`${problem}\n`));
    return WRONG;
  }
  if (error instanceof ConnectionsError) {
    stderr.write(`${error.message}\n`);
    return REFUSALS.includes(error.code) ? LEFT : FAILED;
  }
  stderr.write(`A fault of this command (${error instanceof Error ? error.name : typeof error}).\n`);
  return FAILED;
}
