import { powensDateTime } from '../http/powens-date-time.js';
import type { UserRecord } from '../store/records.js';
import { dateTime, docs, integer, resource, sure, text, write } from './table/field.js';
import type { WireOf } from './table/field.js';

/** An end user. */
export const USER = resource(
  'User',
  { source: docs('user-connections/users#user-object'), confidence: 'A' },
  { id: integer, signin: dateTime, platform: sure('B', text) },
);

/** A user as the provider writes it. */
export type UserWire = WireOf<(typeof USER)['fields']>;

/** Writes a user for the wire. */
export function userToWire(user: UserRecord): UserWire {
  return write(USER, { id: user.id, signin: powensDateTime(user.createdAt), platform: 'sharedAccess' });
}
