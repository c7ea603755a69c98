import {
  anything,
  boolean,
  dateTime,
  decimal,
  id,
  integer,
  listOf,
  nullable,
  object,
  optional,
  text,
  word,
} from '../shape.js';
import { list } from './lists.js';

const MECHANISM = word('credentials', 'webauth');
const USAGE = word('PRIV', 'ORGA', 'ASSO');

/** `user-connections/connectors`: ConnectorSource. */
export const CONNECTOR_SOURCE = object('ConnectorSource', {
  id,
  id_connector: id,
  name: word('openapi', 'directaccess', 'fallback'),
  auth_mechanism: nullable(MECHANISM),
  available_auth_mechanisms: listOf(MECHANISM),
  disabled: nullable(dateTime),
  priority: integer,
  account_usages: listOf(USAGE),
});

/** `user-connections/connectors`: ConnectorField. `values` are of fields that are a list. */
export const CONNECTOR_FIELD = object('ConnectorField', {
  name: text,
  connector_sources: listOf(text),
  auth_mechanisms: listOf(MECHANISM),
  type: word('text', 'password', 'date', 'list'),
  label: text,
  required: boolean,
  regex: nullable(text),
  values: nullable(listOf(object('ConnectorFieldValue', { label: text, value: text }))),
});

/** `user-connections/connectors`: ConnectorCountry. */
export const COUNTRY = object('ConnectorCountry', { id: text, name: text });

/** `user-connections/connectors`: Connector. */
export const CONNECTOR = object('Connector', {
  id,
  uuid: text,
  name: text,
  hidden: nullable(boolean),
  charged: boolean,
  code: nullable(text),
  beta: boolean,
  color: nullable(text),
  slug: nullable(text),
  sync_frequency: nullable(decimal),
  months_to_fetch: nullable(integer),
  auth_mechanism: nullable(MECHANISM),
  available_auth_mechanisms: listOf(MECHANISM),
  transfer_mechanism: nullable(MECHANISM),
  // "String" in the reference, nullable in the official SDK.
  siret: nullable(text),
  restricted: boolean,
  capabilities: listOf(word('bank', 'bankwealth', 'transfer', 'document', 'profile', 'contact')),
  account_usages: listOf(USAGE),
  payment_settings: optional(nullable(anything)),
  products: listOf(word('bank', 'wealth', 'bill', 'pay')),
  sources: optional(listOf(CONNECTOR_SOURCE)),
  fields: optional(listOf(CONNECTOR_FIELD)),
  countries: optional(listOf(COUNTRY)),
  urls: optional(listOf(text)),
});

export const CONNECTORS = list('connectors', CONNECTOR);
export const BANKS = list('banks', CONNECTOR);
export const PROVIDERS = list('providers', CONNECTOR);
export const CONNECTOR_SOURCES = list('sources', CONNECTOR_SOURCE);
export const CONNECTOR_FIELDS = list('fields', CONNECTOR_FIELD);
export const COUNTRIES = list('countries', COUNTRY);

/** The description of 2021: ConnectorLogo. */
export const LOGOS = list(
  'connectorlogos',
  object('ConnectorLogo', { id, id_connector: id, id_file: id, type: optional(text) }),
);

/** Seen in the field: the categories of banks, empty on a sandbox. */
export const BANK_CATEGORIES = object('BankCategories', {
  bank_category: listOf(object('BankCategory', { id, name: text })),
});
