import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';

/** Name prefix of the private directories of sockets. */
export const SOCKET_DIR_PREFIX = 'powens-demo-';

/** Another process uses the data directory: two embedded databases on one directory destroy it silently. */
export class DataDirInUseError extends Error {
  constructor(
    readonly dataDir: string,
    readonly pid: number,
  ) {
    super(
      `DATA_DIR ${dataDir} is in use by process ${pid}. Stop that process, set DATA_DIR to another directory, ` +
        'or share a server through DATABASE_URL.',
    );
    this.name = DataDirInUseError.name;
  }
}

/** The content of the lock file. */
interface Holder {
  readonly pid: number;
  /** A socket on which the holder listens while it runs. */
  readonly socket: string;
}

/** A held lock; `release` frees it. */
export interface DataDirLock {
  release(): Promise<void>;
}

/**
 * Locks a data directory for this process. Its socket, not its process id, shows whether the holder still runs: ids
 * are reused, and in a container every process is number 1. A lock left by `kill -9` is therefore taken over.
 *
 * @param socketDir - a private directory of this process; short, since socket paths may have about 100 characters
 * @throws DataDirInUseError when a running process holds the lock
 */
export async function lockDataDir(dataDir: string, socketDir: string): Promise<DataDirLock> {
  const path = join(dataDir, 'lock');
  const self: Holder = { pid: process.pid, socket: join(socketDir, 'lock.sock') };
  const alive = createServer((socket) => socket.destroy());
  await new Promise<void>((done, fail) => alive.once('error', fail).listen(self.socket, done));
  alive.unref();
  try {
    await takeLockFile(path, self, dataDir);
  } catch (error) {
    alive.close();
    throw error;
  }
  return {
    release: async () => {
      rmSync(path, { force: true });
      await new Promise((done) => alive.close(done));
    },
  };
}

async function takeLockFile(path: string, self: Holder, dataDir: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, JSON.stringify(self), { mode: 0o600, flag: 'wx' });
  try {
    while (!linkIfAbsent(draft, path)) {
      const found = readIfPresent(path);
      const holder = found === null ? null : parseHolder(found);
      if (holder !== null && (await isAlive(holder))) {
        throw new DataDirInUseError(dataDir, holder.pid);
      }
      removeStale(path, found, draft);
      removeSocketDir(holder);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Moves a stale file away; puts it back when another process was faster and the file is already its lock. */
function removeStale(path: string, judged: string | null, draft: string): void {
  const aside = `${draft}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) {
      return;
    }
    throw error;
  }
  if (readIfPresent(aside) !== judged) {
    linkIfAbsent(aside, path);
  }
  rmSync(aside, { force: true });
}

/** `kill -9` leaves the private directory of sockets behind; only one with our prefix is removed. */
function removeSocketDir(holder: Holder | null): void {
  const directory = holder === null ? '' : dirname(holder.socket);
  if (basename(directory).startsWith(SOCKET_DIR_PREFIX)) {
    rmSync(directory, { recursive: true, force: true });
  }
}

function isAlive(holder: Holder): Promise<boolean> {
  return new Promise((answer) => {
    const probe = createConnection(holder.socket);
    probe.once('connect', () => answer(true)).once('error', () => answer(false));
    probe.once('close', () => answer(false)).once('connect', () => probe.destroy());
  });
}

function parseHolder(text: string): Holder | null {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    return typeof value?.socket === 'string' && typeof value.pid === 'number'
      ? { pid: value.pid, socket: value.socket }
      : null;
  } catch {
    return null;
  }
}

function linkIfAbsent(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) {
      return false;
    }
    throw error;
  }
}

function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) {
      return null;
    }
    throw error;
  }
}

function isErrno(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
