import { withEnvFile } from '../shared/env-file.js';
import type { Environment, Output } from '../shared/output.js';
import { UsageError } from '../shared/usage-error.js';
import { HELP, readDoctorArguments, type DoctorArguments } from './doctor-arguments.js';
import { Examination } from './examination.js';
import { lineOf } from './finding.js';
import { rebind } from './rebind/rebind-command.js';
import { registerWebhooks } from './register-webhooks.js';

/** The environment and outputs of the process. */
export interface DoctorContext {
  readonly env: Environment;
  readonly stdout: Output;
  readonly stderr: Output;
}

const WELL = 0;
const TO_FIX = 1;
const WRONG = 2;
const FAILED = 3;

const RUNS: Readonly<
  Record<DoctorArguments['command'], (args: DoctorArguments, context: DoctorContext) => Promise<number>>
> = {
  check: examine,
  'register-webhooks': async (args, context) =>
    (await registerWebhooks(args, context.env, context)) ? WELL : TO_FIX,
  rebind: async (args, context) => ((await rebind(args, context.env, context)) ? WELL : TO_FIX),
};

/**
 * Runs `connections doctor`.
 *
 * @param argv - arguments after the name of the command
 * @returns the exit code; see {@link HELP}
 */
export async function runDoctorCommand(argv: readonly string[], context: DoctorContext): Promise<number> {
  try {
    const args = readDoctorArguments(argv);
    if (args === 'help') {
      context.stdout.write(HELP);
      return WELL;
    }
    return await RUNS[args.command](args, { ...context, env: withEnvFile(args.envFile, context.env) });
  } catch (error) {
    if (error instanceof UsageError) {
      context.stderr.write(`${error.message} See connections doctor --help.\n`);
      return WRONG;
    }
    // No message: it may be of a driver or a parser, which quote their input.
    context.stderr.write(
      `A fault of this command (${error instanceof Error ? error.name : typeof error}).\n`,
    );
    return FAILED;
  }
}

async function examine(args: DoctorArguments, { env, stdout }: DoctorContext): Promise<number> {
  let toFix = 0;
  for await (const finding of new Examination(args, env).findings()) {
    stdout.write(lineOf(finding));
    toFix += finding.verdict === 'fix' ? 1 : 0;
  }
  stdout.write(toFix === 0 ? '\nAll is well.\n' : `\n${toFix} to fix.\n`);
  return toFix === 0 ? WELL : TO_FIX;
}
