import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import type { DataDir } from './data-dir.js';

/** The port in the name of the socket file, as PostgreSQL clients build it: `<dir>/.s.PGSQL.5432`. */
export const EMBEDDED_PORT = 5432;

/** PostgreSQL inside this process, behind a private socket. */
export interface EmbeddedDatabase {
  close(): Promise<void>;
}

/**
 * Opens the embedded PostgreSQL of a data directory. What was committed survives `kill -9`: its write-ahead log is
 * replayed at the next opening. (It does not survive a power cut: the files are not flushed.)
 *
 * It has **one** connection. The real `pg` client talks to it through a socket, so that transactions are those of
 * PostgreSQL; in-process drivers were seen to keep the rows of aborted ones.
 */
export async function openEmbeddedDatabase(dataDir: DataDir): Promise<EmbeddedDatabase> {
  const database = await PGlite.create(join(dataDir.path, 'postgres'));
  const socket = join(dataDir.socketDir, `.s.PGSQL.${EMBEDDED_PORT}`);
  const server = new PGLiteSocketServer({ db: database, path: socket, maxConnections: 1 });
  await server.start();
  return {
    close: async () => {
      await server.stop();
      await database.close();
    },
  };
}
