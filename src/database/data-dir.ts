import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDataDir, SOCKET_DIR_PREFIX } from './data-dir-lock.js';

/** Socket paths have about 100 characters on all systems; some temporary directories take most of that. */
const MAX_TMPDIR = 60;

/** The data directory, for this process alone. */
export interface DataDir {
  readonly path: string;
  /** A private, short-lived directory for sockets. */
  readonly socketDir: string;
  release(): Promise<void>;
}

/**
 * Takes a data directory for this process: what is embedded here (database, sandbox) must have no second writer.
 *
 * @throws DataDirInUseError when another process has it
 */
export async function claimDataDir(path: string): Promise<DataDir> {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const temporary = tmpdir().length > MAX_TMPDIR ? '/tmp' : tmpdir();
  // Made with mode 0700: the embedded database asks for no password, the directory is what keeps others out.
  const socketDir = mkdtempSync(join(temporary, SOCKET_DIR_PREFIX));
  const removeSocketDir = () => rmSync(socketDir, { recursive: true, force: true });
  try {
    const lock = await lockDataDir(path, socketDir);
    return {
      path,
      socketDir,
      release: async () => {
        await lock.release();
        removeSocketDir();
      },
    };
  } catch (error) {
    removeSocketDir();
    throw error;
  }
}
