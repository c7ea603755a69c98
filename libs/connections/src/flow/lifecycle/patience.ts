import { ConnectionsError } from '../../errors/index.js';

const TRIES = 5;

/**
 * Runs `look`, which reads and then writes what it read, again when somebody else wrote in between.
 *
 * @throws ConnectionsError `busy` when that happens too often
 */
export async function withFreshEyes<T>(look: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof ConnectionsError && error.code === 'busy') || tries === TRIES) {
        throw error;
      }
    }
  }
}
