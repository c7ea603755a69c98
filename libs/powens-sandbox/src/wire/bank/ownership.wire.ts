import type { AccountRecord } from '../../store/records.js';
import {
  boolean,
  date,
  docs,
  integer,
  listOf,
  many,
  one,
  orNull,
  resource,
  text,
  write,
} from '../table/field.js';
import type { WireOf } from '../table/field.js';

const PAGE = docs('products/data-aggregation/account-ownerships');

/** A person among the holders of an account. */
export const PARTY_IDENTITY = resource(
  'IdentityParty',
  { source: `${PAGE}#identityparty-object`, confidence: 'B' },
  { is_user: orNull(boolean), full_name: text },
);

/** A person, as a bank knows that person. */
export const IDENTITY = resource(
  'Identity',
  { source: docs('products/data-aggregation/identities-obsolete'), confidence: 'C' },
  {
    is_user: boolean,
    full_name: orNull(text),
    first_name: orNull(text),
    last_name: orNull(text),
    civility: orNull(text),
    birth_date: orNull(date),
  },
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
    calculated: listOf(text),
    usage: orNull(text),
    identifications: many(IDENTIFICATION),
    parties: many(PARTY),
  },
);

/** Who holds the accounts of a connection. */
export const OWNER_IDENTITY = resource(
  'OwnerIdentity',
  { source: docs('user-connections/connections'), confidence: 'C' },
  { id_connection: integer, identity: one(IDENTITY) },
);

/** An ownership as the provider writes it. */
export type OwnershipWire = WireOf<(typeof OWNERSHIP)['fields']>;

/** The person behind every connection of the sandbox. */
export const HOLDER = write(IDENTITY, {
  is_user: true,
  full_name: 'Camille Martin',
  first_name: 'Camille',
  last_name: 'Martin',
  civility: 'MRS',
  birth_date: '1988-05-04',
});

const HOLDERS = [
  write(PARTY, { role: 'holder', identity: { is_user: true, full_name: HOLDER.full_name ?? '' } }),
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
