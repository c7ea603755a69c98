import { anything, boolean, dateTime, id, listOf, nullable, object, optional, text, word } from '../shape.js';
import { BANK_ACCOUNT } from './accounts.js';
import { CONNECTOR, CONNECTOR_FIELD } from './connectors.js';
import { SUBSCRIPTION } from './documents.js';
import { list } from './lists.js';

/** `user-connections/connections`: ConnectionState. */
export const STATE = word(
  ...['SCARequired', 'webauthRequired', 'additionalInformationNeeded', 'decoupled', 'validating'],
  ...['actionNeeded', 'passwordExpired', 'wrongpass', 'rateLimiting', 'websiteUnavailable', 'bug'],
  'notSupported',
);

/** `user-connections/connections`: ConnectionSource. */
export const CONNECTION_SOURCE = object('ConnectionSource', {
  id,
  id_connection: id,
  id_connector_source: id,
  name: text,
  last_update: nullable(dateTime),
  disabled: nullable(dateTime),
  created: dateTime,
  state: nullable(STATE),
  access_expire: nullable(dateTime),
  expire: nullable(dateTime),
  next_try: nullable(dateTime),
});

/** `user-connections/connections`: Connection, with its expansions. `id_provider` and `id_bank` are deprecated. */
export const CONNECTION = object('Connection', {
  id,
  id_user: nullable(id),
  id_connector: id,
  id_provider: nullable(id),
  id_bank: nullable(id),
  state: nullable(STATE),
  error: nullable(STATE),
  error_message: nullable(text),
  fields: nullable(listOf(CONNECTOR_FIELD)),
  last_update: nullable(dateTime),
  created: nullable(dateTime),
  active: boolean,
  last_push: nullable(dateTime),
  expire: nullable(dateTime),
  connector_uuid: text,
  next_try: nullable(dateTime),
  connector: optional(CONNECTOR),
  sources: optional(listOf(CONNECTION_SOURCE)),
  accounts: optional(listOf(BANK_ACCOUNT)),
  all_accounts: optional(listOf(BANK_ACCOUNT)),
  subscriptions: optional(listOf(SUBSCRIPTION)),
  all_subscriptions: optional(listOf(SUBSCRIPTION)),
});

export const CONNECTIONS = list('connections', CONNECTION);
export const CONNECTION_SOURCES = list('sources', CONNECTION_SOURCE);

/** The key is documented, the rows are not described. */
export const CONNECTION_LOGS = list('connectionlogs', anything);

/** `user-connections/connections`: WebauthURL. */
export const WEBAUTH_URL = object('WebauthURL', { url: text });

/** `products/documents-aggregation/connection-identity`: OwnerIdentity. */
export const OWNER_IDENTITY = object('OwnerIdentity', {
  id_connection: id,
  id_source: id,
  id_user: id,
  first_name: nullable(text),
  last_name: nullable(text),
  full_name: text,
  raw_postal_address: nullable(text),
  postal_address: object('PostalAddress', {
    city: nullable(text),
    country: nullable(text),
    country_code: nullable(text),
    postal_code: nullable(text),
    region: nullable(text),
    street_name: nullable(text),
  }),
});

/** The example of 2021: who a connection belongs to. */
export const INFORMATIONS = object('ConnectionInformations', {
  owner: object('InformationOwner', { name: text }),
});
