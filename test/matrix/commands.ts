import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../helpers/until.js';

/** Of the real environment only what a process needs to run, and to reach the registry: no option of the test runner, and no wish of another test. */
export function cleanEnvironment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, NODE_EXTRA_CA_CERTS } = process.env;
  return { PATH, HOME, TMPDIR, NODE_EXTRA_CA_CERTS, NO_COLOR: '1', ...more };
}

/** Runs a command to its end. @throws Error with everything that it printed, when it fails */
export async function run(
  folder: string,
  command: readonly string[],
  environment: Record<string, string> = {},
): Promise<string> {
  const running = new Running(folder, command, environment);
  const code = await running.end();
  if (code !== 0) {
    throw new Error(`${command.join(' ')} ended with ${code}:\n${running.output}`);
  }
  return running.output;
}

/** Installs packages as a person would; from the cache of npm where it has them. */
export async function install(
  folder: string,
  names: readonly string[] = [],
  environment: Record<string, string> = {},
): Promise<void> {
  await run(folder, ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...names], environment);
}

/** A process that runs beside the test. */
export class Running {
  #output = '';
  readonly #child: ChildProcess;

  constructor(
    folder: string,
    [file = '', ...args]: readonly string[],
    environment: Record<string, string> = {},
  ) {
    this.#child = spawn(file, args, { cwd: folder, env: cleanEnvironment(environment), detached: true });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (part: Buffer) => {
        this.#output += part.toString('utf8');
      });
    }
  }

  /** Everything it printed so far. */
  get output(): string {
    return this.#output;
  }

  /** Waits for a text. @throws Error with everything that it printed, when it ends before */
  async says(text: string): Promise<void> {
    await until(() => this.#output.includes(text) || this.hasEnded);
    if (!this.#output.includes(text)) {
      throw new Error(`it ended without saying "${text}":\n${this.#output}`);
    }
  }

  /** Waits until it has ended. @returns its exit code, null after a signal */
  async end(): Promise<number | null> {
    if (!this.hasEnded) await once(this.#child, 'close');
    return this.#child.exitCode;
  }

  /** Asks it to stop, as an operator does. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.end();
  }

  /** Ends it and what it started, whatever they are doing. */
  async kill(): Promise<void> {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Nobody of its group is left.
    }
    await this.end();
  }

  private get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
