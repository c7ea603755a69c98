import type { UserRecord } from '../store/records.js';
import { boolean, integer, one, orNull, resource, text, write } from './table/field.js';
import type { WireOf } from './table/field.js';

/** The description of the whole API, of 2021: the only one that names these routes. */
const SPEC = 'https://github.com/cashbee-team/budgea_client/blob/master/original_budgea_openapi.json';

/** How a user signs in. The sandbox gives each user one. */
export const PROFILE = resource(
  'Profile',
  { source: SPEC, confidence: 'C' },
  {
    id: integer,
    id_user: integer,
    role: text,
    email: text,
    statut: integer,
    admin: boolean,
    conf: orNull(text),
    lang: orNull(text),
  },
);

/** Who a connection belongs to, in the words of 2021; `owner_identity` is its successor. */
export const INFORMATION_OWNER = resource(
  'ConnectionInformationOwner',
  { source: SPEC, confidence: 'C' },
  { name: text },
);

/** What is known of a connection beside its data. */
export const CONNECTION_INFORMATION = resource(
  'ConnectionInformation',
  { source: SPEC, confidence: 'C' },
  { owner: one(INFORMATION_OWNER) },
);

/** A profile as the provider writes it. */
export type ProfileWire = WireOf<(typeof PROFILE)['fields']>;

/** Writes the profile of a user for the wire. */
export function profileToWire({ id }: UserRecord): ProfileWire {
  return write(PROFILE, {
    ...{ id, id_user: id, role: 'admin', email: `user-${id}@sandbox.example.test` },
    ...{ statut: 1, admin: false, conf: '{}', lang: 'fr' },
  });
}

/** Writes the information of a connection for the wire. */
export function informationToWire(name: string): WireOf<(typeof CONNECTION_INFORMATION)['fields']> {
  return write(CONNECTION_INFORMATION, { owner: { name } });
}
