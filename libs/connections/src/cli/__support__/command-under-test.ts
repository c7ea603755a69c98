import { captureOutput } from '../../../../../test/helpers/canary/collector.js';
import { runConnections } from '../run-connections.js';

/** What a run of the command left. */
export interface CommandRan {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The documents of `--json`. */
  documents(): readonly Readonly<Record<string, unknown>>[];
}

/** What a run is given. */
export interface CommandWish {
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  /** Called with each piece of progress. */
  readonly onProgress?: (text: string) => void;
}

/** Runs `connections` in this process. */
export async function runCommand(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  wish: CommandWish = {},
): Promise<CommandRan> {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string): void => {
      written[name] += text;
      captureOutput('connections', text);
      if (name === 'stderr') wish.onProgress?.(text);
    },
  });
  const code = await runConnections(argv, {
    env,
    stdin: (async function* () {
      yield await Promise.resolve(wish.stdin ?? '');
    })(),
    stdout: output('stdout'),
    stderr: output('stderr'),
    signal: wish.signal ?? new AbortController().signal,
  });
  const documents = (): Record<string, unknown>[] =>
    written.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, ...written, documents };
}
