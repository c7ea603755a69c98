import type { AccountRecord } from '../../store/records.js';
import {
  boolean,
  docs,
  integer,
  listOf,
  many,
  one,
  orNull,
  resource,
  text,
  unsimulated,
  write,
} from '../table/field.js';
import type { WireOf } from '../table/field.js';

const PAGE = docs('products/data-aggregation/account-ownerships');
const IDENTITY_PAGE = docs('products/documents-aggregation/connection-identity');

/** A person among the holders of an account. */
export const PARTY_IDENTITY = resource(
  'IdentityParty',
  { source: `${PAGE}#identityparty-object`, confidence: 'B' },
  { is_user: orNull(boolean), full_name: text },
);

/** A person and what that person is to an account. */
export const PARTY = resource(
  'Party',
  { source: `${PAGE}#party-object`, confidence: 'B' },
  { role: text, identity: one(PARTY_IDENTITY) },
);

/** A number by which an account is known. */
export const IDENTIFICATION = resource(
  'Identification',
  { source: `${PAGE}#identification-object`, confidence: 'B' },
  { scheme_name: text, identification: text },
);

/** Who holds an account. */
export const OWNERSHIP = resource(
  'AccountOwnership',
  { source: `${PAGE}#accountownership-object`, confidence: 'B' },
  {
    id_account: integer,
    id_connection: integer,
    id_user: integer,
    id_connector_source: integer,
    name: orNull(text),
    bank_name: orNull(text),
    multiple_holders: orNull(boolean),
    calculated: unsimulated(listOf(text)),
    usage: orNull(text),
    identifications: many(IDENTIFICATION),
    parties: many(PARTY),
  },
);

/** Where a person lives. */
export const POSTAL_ADDRESS = resource(
  'PostalAddress',
  { source: `${IDENTITY_PAGE}#postaladdress-object`, confidence: 'B' },
  {
    city: orNull(text),
    country: orNull(text),
    country_code: orNull(text),
    postal_code: orNull(text),
    region: orNull(text),
    street_name: orNull(text),
  },
);

/** The person who made a connection, as the bank knows that person. */
export const OWNER_IDENTITY = resource(
  'OwnerIdentity',
  { source: `${IDENTITY_PAGE}#owneridentity-object`, confidence: 'B' },
  {
    id_connection: integer,
    id_source: integer,
    id_user: integer,
    first_name: orNull(text),
    last_name: orNull(text),
    full_name: text,
    raw_postal_address: orNull(text),
    postal_address: one(POSTAL_ADDRESS),
  },
);

/** An ownership as the provider writes it. */
export type OwnershipWire = WireOf<(typeof OWNERSHIP)['fields']>;

/** The person behind every connection of the sandbox, without the ids. */
export const HOLDER = {
  first_name: 'Camille',
  last_name: 'Martin',
  full_name: 'Camille Martin',
  raw_postal_address: '12 rue des Exemples, 44000 Nantes, France',
  postal_address: write(POSTAL_ADDRESS, {
    city: 'Nantes',
    country: 'France',
    country_code: 'FR',
    postal_code: '44000',
    region: 'Pays de la Loire',
    street_name: '12 rue des Exemples',
  }),
};

const HOLDERS = [
  write(PARTY, { role: 'holder', identity: { is_user: true, full_name: HOLDER.full_name } }),
  write(PARTY, { role: 'co_holder', identity: { is_user: false, full_name: 'Alix Martin' } }),
];

/** Writes who holds an account, for the wire: a joint account has two holders. */
export function ownershipToWire(account: AccountRecord, bankName: string): OwnershipWire {
  const isJoint = account.name.includes('joint');
  return write(OWNERSHIP, {
    id_account: account.id,
    id_connection: account.idConnection,
    id_user: account.idUser,
    id_connector_source: account.idSource,
    name: account.customName ?? account.name,
    bank_name: bankName,
    multiple_holders: isJoint,
    calculated: [],
    usage: account.usage,
    identifications:
      account.iban === null
        ? []
        : [write(IDENTIFICATION, { scheme_name: 'iban', identification: account.iban })],
    parties: HOLDERS.slice(0, isJoint ? 2 : 1),
  });
}
