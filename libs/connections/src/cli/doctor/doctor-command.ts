import type { Environment, Output } from '../shared/output.js';
import { UsageError } from '../shared/usage-error.js';
import { HELP, readDoctorArguments, type DoctorArguments } from './doctor-arguments.js';
import { Examination } from './examination.js';
import { lineOf } from './finding.js';
import { rebind } from './rebind/rebind-command.js';
import { registerWebhooks } from './register-webhooks.js';

/** What the process around the command gives it. */
export interface DoctorSurroundings {
  readonly env: Environment;
  readonly stdout: Output;
  readonly stderr: Output;
}

const WELL = 0;
const TO_FIX = 1;
const WRONG = 2;
const FAILED = 3;

const RUNS: Readonly<
  Record<DoctorArguments['command'], (wish: DoctorArguments, around: DoctorSurroundings) => Promise<number>>
> = {
  check: examine,
  'register-webhooks': async (wish, around) =>
    (await registerWebhooks(wish, around.env, around)) ? WELL : TO_FIX,
  rebind: async (wish, around) => ((await rebind(wish, around.env, around)) ? WELL : TO_FIX),
};

/**
 * Runs `connections-doctor`.
 *
 * @param argv - arguments after the name of the command
 * @returns the exit code; see {@link HELP}
 */
export async function runDoctorCommand(argv: readonly string[], around: DoctorSurroundings): Promise<number> {
  try {
    const wish = readDoctorArguments(argv);
    if (wish === 'help') {
      around.stdout.write(HELP);
      return WELL;
    }
    return await RUNS[wish.command](wish, around);
  } catch (error) {
    if (error instanceof UsageError) {
      around.stderr.write(`${error.message} See connections-doctor --help.\n`);
      return WRONG;
    }
    // No message: it may be of a driver or a parser, which quote what they work on.
    around.stderr.write(`A fault of this command (${error instanceof Error ? error.name : typeof error}).\n`);
    return FAILED;
  }
}

async function examine(wish: DoctorArguments, { env, stdout }: DoctorSurroundings): Promise<number> {
  let toFix = 0;
  for await (const finding of new Examination(wish, env).findings()) {
    stdout.write(lineOf(finding));
    toFix += finding.verdict === 'fix' ? 1 : 0;
  }
  stdout.write(toFix === 0 ? '\nAll is well.\n' : `\n${toFix} to fix.\n`);
  return toFix === 0 ? WELL : TO_FIX;
}
