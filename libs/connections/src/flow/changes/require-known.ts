import { validate as isUuid } from 'uuid';
import { ConnectionsError } from '../../errors/index.js';

/**
 * Runs a lookup by an id that the host passed. An id of another owner is not found, like an unknown or malformed one.
 *
 * @throws ConnectionsError `not_found`
 */
export async function requireKnown<T>(
  id: string,
  find: (id: string) => Promise<T | null>,
  what: 'connection' | 'attempt' = 'connection',
): Promise<T> {
  const found = isUuid(id) ? await find(id) : null;
  if (found === null) {
    throw noSuch(what);
  }
  return found;
}

/** The error for something that does not exist, as far as this owner can see. */
export function noSuch(what: 'connection' | 'attempt' = 'connection'): ConnectionsError {
  return new ConnectionsError('not_found', `There is no such ${what}.`);
}
