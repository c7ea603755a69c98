import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDirError } from './data-dir.error.js';
import { DataDirInUseError, lockDataDir, SOCKET_DIR_PREFIX } from './data-dir-lock.js';

/** The directories below a data directory; another user may have created one of them. */
const PARTS = ['postgres', 'sandbox'];

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
 * As {@link claimDataDir}, with a clear message for every error of the file system.
 *
 * @throws DataDirInUseError when another process has it; DataDirError when it cannot be written
 */
export async function openDataDir(path: string): Promise<DataDir> {
  try {
    const dataDir = await claimDataDir(path);
    try {
      PARTS.map((part) => join(path, part))
        .filter((part) => existsSync(part))
        .forEach((part) => accessSync(part, constants.W_OK | constants.X_OK));
      return dataDir;
    } catch (error) {
      await dataDir.release();
      throw error;
    }
  } catch (error) {
    throw error instanceof DataDirInUseError ? error : DataDirError.of(path, error);
  }
}

/**
 * Takes a data directory for this process: the embedded database and sandbox must have no second writer.
 *
 * @throws DataDirInUseError when another process has it
 */
export async function claimDataDir(path: string): Promise<DataDir> {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const temporary = tmpdir().length > MAX_TMPDIR ? '/tmp' : tmpdir();
  // Made with mode 0700: the embedded database has no password, only the directory protects it.
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
