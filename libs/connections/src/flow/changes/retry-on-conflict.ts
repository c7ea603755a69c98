import { CONNECTION_KEY } from '../../connections/connection.repository.js';
import { ConnectionsError, StorageError } from '../../errors/index.js';

const MAX_TRIES = 5;

/**
 * Repeats `operation`, which reads rows and writes them, when another process wrote them in between (optimistic concurrency).
 *
 * @throws ConnectionsError `busy` after too many conflicts
 */
export async function retryOnConflict<T>(operation: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await operation();
    } catch (error) {
      if (!isConflict(error) || tries === MAX_TRIES) {
        throw error;
      }
    }
  }
}

/** Another process changed a row that was read, or inserted one that did not exist yet. */
function isConflict(error: unknown): boolean {
  return error instanceof StorageError
    ? error.violates(CONNECTION_KEY)
    : error instanceof ConnectionsError && error.code === 'busy';
}
