import { mkdirSync, rmSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { freePort } from '../free-port.js';

/** A PGlite database of this process, reachable through the ordinary `pg` client. */
export interface PgliteInstance {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts PGlite behind a loopback socket: one session, statements of all clients serialised.
 *
 * @param folder where its files go; stopping removes them, a crash leaves them to the canary scan.
 */
export async function startPglite(folder: string): Promise<PgliteInstance> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const db = await PGlite.create(folder);
  const port = await freePort();
  const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port, maxConnections: 20 });
  await server.start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: async (): Promise<void> => {
      await server.stop();
      await db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
