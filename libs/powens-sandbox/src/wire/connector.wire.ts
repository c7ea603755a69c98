import { connectorSources } from '../connectors/connector.js';
import type { Connector, ConnectorSource } from '../connectors/connector.js';
import type { Expansion } from '../http/expand.js';
import type { FieldRecord } from '../store/records.js';
import {
  anything,
  boolean,
  dateTime,
  decimal,
  docs,
  integer,
  listOf,
  many,
  orNull,
  resource,
  text,
  unsimulated,
  write,
} from './table/field.js';
import type { WireOf } from './table/field.js';

const PAGE = docs('user-connections/connectors');

/** One way in which a connector gets its data. */
export const CONNECTOR_SOURCE = resource(
  'ConnectorSource',
  { source: `${PAGE}#connectorsource-object`, confidence: 'A' },
  {
    id: integer,
    id_connector: integer,
    name: text,
    auth_mechanism: orNull(text),
    available_auth_mechanisms: listOf(text),
    disabled: unsimulated(orNull(dateTime)),
    priority: integer,
    account_usages: listOf(text),
  },
);

/** One choice of a field that is a list. */
export const FIELD_VALUE = resource(
  'ConnectorFieldValue',
  { source: `${PAGE}#connectorfield-object`, confidence: 'A' },
  { label: text, value: text },
);

/** What a connector asks the person. */
export const CONNECTOR_FIELD = resource(
  'ConnectorField',
  { source: `${PAGE}#connectorfield-object`, confidence: 'A' },
  {
    name: text,
    type: text,
    label: text,
    required: boolean,
    regex: orNull(text),
    auth_mechanisms: listOf(text),
    connector_sources: listOf(text),
    values: orNull(many(FIELD_VALUE)),
  },
);

/** A country. */
export const COUNTRY = resource(
  'Country',
  { source: `${PAGE}#country-object`, confidence: 'B' },
  { id: text, name: text },
);

/** A bank or a billing provider. */
export const CONNECTOR = resource(
  'Connector',
  { source: `${PAGE}#connector-object`, confidence: 'A' },
  {
    id: integer,
    uuid: text,
    name: text,
    hidden: orNull(boolean),
    charged: boolean,
    code: unsimulated(orNull(text)),
    beta: boolean,
    color: orNull(text),
    slug: orNull(text),
    sync_frequency: unsimulated(orNull(decimal)),
    months_to_fetch: orNull(integer),
    auth_mechanism: orNull(text),
    available_auth_mechanisms: listOf(text),
    transfer_mechanism: unsimulated(orNull(text)),
    siret: unsimulated(orNull(text)),
    restricted: boolean,
    capabilities: listOf(text),
    account_usages: listOf(text),
    payment_settings: unsimulated(orNull(anything)),
    products: listOf(text),
  },
  {
    fields: many(CONNECTOR_FIELD),
    sources: many(CONNECTOR_SOURCE),
    countries: many(COUNTRY),
    urls: listOf(text),
  },
);

/** A connector as the provider writes it, with whatever `expand` added. */
export type ConnectorWire = WireOf<(typeof CONNECTOR)['fields']> & Record<string, unknown>;

/** A source of a connector as the provider writes it. */
export type ConnectorSourceWire = WireOf<(typeof CONNECTOR_SOURCE)['fields']>;

/** Every country of the sandbox: ids in lower case, as the reference has them. */
export const COUNTRIES = {
  FR: write(COUNTRY, { id: 'fr', name: 'France' }),
  GB: write(COUNTRY, { id: 'gb', name: 'Royaume-Uni' }),
  DE: write(COUNTRY, { id: 'de', name: 'Allemagne' }),
} as const;

/** Writes a connector for the wire. */
export function connectorToWire(connector: Connector, expand?: Expansion): ConnectorWire {
  const wire: ConnectorWire = write(CONNECTOR, {
    id: connector.id,
    uuid: connector.uuid,
    name: connector.name,
    hidden: false,
    charged: false,
    beta: connector.beta,
    color: connector.color,
    slug: connector.slug,
    months_to_fetch: 12,
    auth_mechanism: connector.authMechanism,
    available_auth_mechanisms: connector.availableAuthMechanisms,
    restricted: connector.restricted,
    capabilities: connector.capabilities,
    account_usages: connector.accountUsages,
    products: connector.products,
  });
  return expand === undefined || expand.size === 0 ? wire : addExpansions(wire, connector, expand);
}

function addExpansions(wire: ConnectorWire, connector: Connector, expand: Expansion): ConnectorWire {
  if (expand.has('fields')) {
    wire['fields'] = connectorFields(connector);
  }
  if (expand.has('sources')) {
    wire['sources'] = connectorSourcesToWire(connector);
  }
  if (expand.has('countries')) {
    wire['countries'] = [COUNTRIES[connector.country]];
  }
  if (expand.has('urls')) {
    wire['urls'] = [`https://${connector.slug.toLowerCase()}.bank.example.test`];
  }
  return wire;
}

/** What the connector asks of the person, for the wire: each field names the sources that want it. */
export function connectorFields(connector: Connector): FieldRecord[] {
  return connector.fields.map((field) => ({
    ...field,
    connector_sources: connectorSources(connector)
      .filter(({ authMechanism }) => field.auth_mechanisms.includes(authMechanism))
      .map(({ name }) => name),
  }));
}

/** The ways in which the connector gets its data, for the wire. */
export function connectorSourcesToWire(connector: Connector): ConnectorSourceWire[] {
  return connectorSources(connector).map((source) => sourceToWire(connector, source));
}

function sourceToWire(connector: Connector, source: ConnectorSource): ConnectorSourceWire {
  return write(CONNECTOR_SOURCE, {
    id: source.id,
    id_connector: connector.id,
    name: source.name,
    auth_mechanism: source.authMechanism,
    available_auth_mechanisms: [source.authMechanism],
    priority: source.priority,
    account_usages: connector.accountUsages,
  });
}
