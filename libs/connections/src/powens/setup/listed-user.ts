import { parisDate } from '../paris-date.js';
import { fields, id } from '../wire-values.js';

/**
 * A user in the list of all users.
 *
 * @internal
 */
export interface ListedUser {
  readonly id: string;
  /** When it was made, or null where Powens does not say. */
  readonly signin: Date | null;
}

/**
 * Reads one of `GET /users`.
 *
 * @see https://docs.powens.com/api-reference/user-connections/users
 * @internal
 */
export function parseListedUser(body: unknown): ListedUser {
  const user = fields(body);
  return { id: id(user['id'], 'id'), signin: parisDate(user['signin']) };
}
