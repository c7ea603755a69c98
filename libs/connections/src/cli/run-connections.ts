import { runDoctorCommand } from './doctor/doctor-command.js';
import { runKeysCommand } from './keys/keys-command.js';
import { COMMANDS } from './operator/commands.js';
import { helpOfAll } from './operator/help.js';
import { runOperatorCommand } from './operator/operator-command.js';
import type { CommandContext } from './shared/output.js';

const DONE = 0;
const WRONG = 2;

/**
 * Runs `connections <command>`.
 *
 * @param argv - arguments after the name of the program
 * @returns the exit code; every command's help lists its own
 */
export async function runConnections(argv: readonly string[], context: CommandContext): Promise<number> {
  const [name = '--help', ...rest] = argv;
  if (name === 'doctor') {
    return runDoctorCommand(rest, context);
  }
  if (name === 'keys') {
    return runKeysCommand(rest, context);
  }
  if (COMMANDS.some(({ words }) => words[0] === name)) {
    return runOperatorCommand(argv, context);
  }
  if (name === '--help' || name === 'help') {
    context.stdout.write(helpOfAll());
    return DONE;
  }
  // Not repeated: a secret may have been typed in the wrong place.
  context.stderr.write('There is no such command. See connections --help.\n');
  return WRONG;
}
