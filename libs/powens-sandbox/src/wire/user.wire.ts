import { powensDateTime } from '../http/powens-date-time.js';
import type { UserRecord } from '../store/records.js';

/**
 * A user as the provider writes it.
 *
 * @see protocol notes, section 12.2
 */
export interface UserWire {
  id: number;
  signin: string;
  platform: 'sharedAccess';
}

/** Writes a user for the wire. */
export function userToWire(user: UserRecord): UserWire {
  return { id: user.id, signin: powensDateTime(user.createdAt), platform: 'sharedAccess' };
}
