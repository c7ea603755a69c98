import type { PowensSandbox } from '../sandbox.handle.js';
import type { PowensSandboxOptions } from '../sandbox.options.js';
import { SandboxStartError } from '../start/sandbox-start.error.js';
import { HELP, readCommandLine, UsageError } from './command-line.js';
import { packageVersion } from './package-version.js';

/** Where a command writes. */
export interface Output {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** What a command ended with, or the sandbox that it started. */
export type Outcome = { readonly exitCode: number } | { readonly sandbox: PowensSandbox };

/** Runs `powens-sandbox`. */
export async function runCommand(argv: readonly string[], output: Output): Promise<Outcome> {
  try {
    const command = readCommandLine(argv);
    if (command.does === 'start') {
      return { sandbox: await started(command.options, output) };
    }
    output.stdout.write(command.does === 'help' ? HELP : `${packageVersion()}\n`);
    return { exitCode: 0 };
  } catch (error) {
    const isUsage =
      error instanceof UsageError || (error instanceof SandboxStartError && error.code === 'invalid_option');
    const hint = isUsage ? ' See powens-sandbox --help.' : '';
    output.stderr.write(`powens-sandbox: ${error instanceof Error ? error.message : String(error)}${hint}\n`);
    return { exitCode: isUsage ? 2 : 1 };
  }
}

async function started(options: PowensSandboxOptions, { stdout }: Output): Promise<PowensSandbox> {
  // Only now: --help and a wrong option need none of it.
  const { startPowensSandbox } = await import('../start-powens-sandbox.js');
  const sandbox = await startPowensSandbox({ ...options, logger: true });
  const { url } = sandbox;
  stdout.write(
    `State ${options.dataDir === undefined ? 'in memory; --data-dir keeps it' : `in ${options.dataDir}`}\n`,
  );
  stdout.write(`Powens sandbox ready: API ${url}/2.0, webview ${url}/en/connect, guide ${url}/\n`);
  return sandbox;
}
