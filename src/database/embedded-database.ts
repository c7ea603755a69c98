import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { DataDirError } from './data-dir.error.js';
import type { DataDir } from './data-dir.js';
import type { EmbeddedLocation, ServedDatabase } from './serve-database.js';

/** The port in the name of the socket file, as PostgreSQL clients build it: `<dir>/.s.PGSQL.5432`. */
export const EMBEDDED_PORT = 5432;

/** PostgreSQL inside this process, behind a private socket. */
export interface EmbeddedDatabase {
  readonly socketDir: string;
  /** Whether the directory held no database yet. */
  readonly isNew: boolean;
  /** Resolves when it answers on its socket. Rejects with a {@link DataDirError}. */
  readonly opened: Promise<void>;
  /** Waits until it is open, then closes it. */
  close(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL of a data directory, in a separate thread: creating a database keeps a processor busy for
 * seconds, in which this thread loads and builds the application. What was committed survives `kill -9`: its write-ahead log
 * is replayed at the next opening. (It does not survive a power cut: the files are not flushed.)
 *
 * It has **one** connection. The real `pg` client talks to it through a socket, so that transactions are those of
 * PostgreSQL; in-process drivers kept the rows of aborted ones.
 */
export function startEmbeddedDatabase(dataDir: DataDir): EmbeddedDatabase {
  const location = locationIn(dataDir);
  const served = serve(location).catch((error: unknown) =>
    Promise.reject(DataDirError.of(location.path, error)),
  );
  const opened = served.then(() => undefined);
  // Callers that await it get the rejection; before that, it must not count as unhandled.
  opened.catch(() => undefined);
  return {
    socketDir: dataDir.socketDir,
    isNew: location.isNew,
    opened,
    close: async () => {
      const database = await served.catch(() => null);
      await database?.close();
    },
  };
}

function locationIn({ path, socketDir }: DataDir): EmbeddedLocation {
  const [files, unfinished] = [join(path, 'postgres'), join(path, 'postgres.unfinished')];
  return {
    path: files,
    socket: join(socketDir, `.s.PGSQL.${EMBEDDED_PORT}`),
    unfinished,
    isNew: !existsSync(join(files, 'PG_VERSION')) || existsSync(unfinished),
  };
}

async function serve(location: EmbeddedLocation): Promise<ServedDatabase> {
  const worker = new URL('./embedded-database.worker.js', import.meta.url);
  if (!existsSync(fileURLToPath(worker))) {
    // Run from sources, as in unit tests, there is no compiled file for a thread.
    const { serveDatabase } = await import('./serve-database.js');
    return serveDatabase(location);
  }
  return serveInThread(new Worker(worker, { workerData: location }));
}

async function serveInThread(worker: Worker): Promise<ServedDatabase> {
  const ended = new Promise<void>((done) => worker.once('exit', () => done()));
  await new Promise<void>((open, fail) => {
    worker.once('message', () => open());
    worker.once('error', fail);
    worker.once('exit', () => fail(new Error('its thread ended')));
  });
  // From here on a failure of the thread ends the process, as one of this thread would.
  worker.removeAllListeners('error');
  return {
    close: async () => {
      worker.postMessage('close');
      await ended;
    },
  };
}
