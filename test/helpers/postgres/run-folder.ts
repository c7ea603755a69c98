import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder of one run, removed at the end even when the run is killed. */
export interface RunFolder {
  readonly path: string;
  remove(): void;
}

/**
 * Waits for the end of its standard input, which comes when the run ends in any way, `kill -9` included; then stops the
 * private server that is still there, if any, and removes the folder.
 */
const JANITOR = `
cat >/dev/null
[ -d "$1" ] || exit 0
pid=$(head -n 1 "$1/pgdata/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" 2>/dev/null && sleep 1
rm -rf "$1"
`;

/** Creates the folder and starts its janitor. */
export function createRunFolder(): RunFolder {
  const path = mkdtempSync(join(tmpdir(), 'powens-connections-test-'));
  // The server's account must be able to pass through; what is secret in here has its own permissions.
  chmodSync(path, 0o711);
  for (const name of ['canary', 'captured', 'dropped']) mkdirSync(join(path, name), { mode: 0o700 });
  const janitor = spawn('/bin/sh', ['-c', JANITOR, 'janitor', path], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell the folder is still removed at the end of a normal run.
  janitor.on('error', () => undefined);
  janitor.unref();
  (janitor.stdin as unknown as { unref(): void }).unref();
  return {
    path,
    remove: (): void => {
      rmSync(path, { recursive: true, force: true, maxRetries: 3 });
      janitor.stdin.end();
    },
  };
}
