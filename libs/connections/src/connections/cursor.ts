import { validate as isUuid } from 'uuid';
import { ConnectionsError } from '../errors/index.js';

const NIL = '00000000-0000-0000-0000-000000000000';

/** Makes an opaque cursor out of the last id of a page. */
export function cursorAfter(id: string): string {
  return Buffer.from(id, 'utf8').toString('base64url');
}

/**
 * Reads a cursor back.
 *
 * @returns the id after which the page starts; a nil uuid for the first page
 * @throws ConnectionsError `invalid_request` when it is not one of ours
 */
export function idOfCursor(cursor: string | undefined): string {
  if (cursor === undefined) {
    return NIL;
  }
  const id = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!isUuid(id) || cursorAfter(id) !== cursor) {
    throw new ConnectionsError(
      'invalid_request',
      'The cursor is not one that this list gave out. Start without one.',
    );
  }
  return id;
}
