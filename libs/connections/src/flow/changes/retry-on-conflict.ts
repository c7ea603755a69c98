import { CONNECTION_KEY } from '../../connections/connection.repository.js';
import { ConnectionsError, StorageError } from '../../errors/index.js';

const TRIES = 5;

/**
 * Runs `look`, which reads and then writes what it read, again when somebody else wrote in between.
 *
 * @throws ConnectionsError `busy` when that happens too often
 */
export async function retryOnConflict<T>(look: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await look();
    } catch (error) {
      if (!isOutrun(error) || tries === TRIES) {
        throw error;
      }
    }
  }
}

/** Somebody changed a row that was read, or added one that was not there yet. */
function isOutrun(error: unknown): boolean {
  return error instanceof StorageError
    ? error.violates(CONNECTION_KEY)
    : error instanceof ConnectionsError && error.code === 'busy';
}
