import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

/** The paths of an embedded database. */
export interface EmbeddedLocation {
  /** The directory of its files. */
  readonly path: string;
  /** The socket. */
  readonly socket: string;
  /** A file that exists while the database is being created: an unfinished one is empty. */
  readonly unfinished: string;
  readonly isNew: boolean;
}

/** PostgreSQL behind a private socket. */
export interface ServedDatabase {
  close(): Promise<void>;
}

/** Opens the database of a directory, or makes it, and serves it on a socket, to one client at a time. */
export async function serveDatabase(location: EmbeddedLocation): Promise<ServedDatabase> {
  const { path, socket, unfinished, isNew } = location;
  if (existsSync(unfinished)) {
    // A process was killed while it created the database: it is empty.
    rmSync(path, { recursive: true, force: true });
  }
  if (isNew) {
    writeFileSync(unfinished, '');
  }
  const database = await PGlite.create(path);
  rmSync(unfinished, { force: true });
  const server = new PGLiteSocketServer({ db: database, path: socket, maxConnections: 1 });
  await server.start();
  return {
    close: async () => {
      await server.stop();
      await database.close();
    },
  };
}
