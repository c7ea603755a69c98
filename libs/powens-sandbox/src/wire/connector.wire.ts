import type { Expansion } from '../http/expand.js';
import type { FieldRecord } from '../store/records.js';
import type { Connector } from '../connectors/connector.js';

/**
 * A connector as the provider writes it, with whatever `expand` added.
 *
 * @see protocol notes, section 5.7 and 12.4
 */
export interface ConnectorWire {
  [expanded: string]: unknown;
  id: number;
  uuid: string;
  name: string;
}

const COUNTRIES = {
  FR: { id: 'FR', name: 'France' },
  GB: { id: 'GB', name: 'Royaume-Uni' },
  DE: { id: 'DE', name: 'Allemagne' },
} as const;

/** Writes a connector for the wire. */
export function connectorToWire(one: Connector, expand?: Expansion): ConnectorWire {
  const wire: ConnectorWire = {
    id: one.id,
    uuid: one.uuid,
    name: one.name,
    hidden: false,
    charged: false,
    code: null,
    beta: one.beta,
    color: one.color,
    slug: one.slug,
    months_to_fetch: 12,
    auth_mechanism: one.authMechanism,
    available_auth_mechanisms: one.availableAuthMechanisms,
    transfer_mechanism: null,
    siret: null,
    restricted: one.restricted,
    capabilities: one.capabilities,
    account_usages: one.accountUsages,
    products: one.products,
  };
  return expand === undefined || expand.size === 0 ? wire : addExpansions(wire, one, expand);
}

function addExpansions(wire: ConnectorWire, one: Connector, expand: Expansion): ConnectorWire {
  if (expand.has('fields')) {
    wire['fields'] = connectorFields(one);
  }
  if (expand.has('sources')) {
    wire['sources'] = connectorSources(one);
  }
  if (expand.has('countries')) {
    wire['countries'] = [COUNTRIES[one.country]];
  }
  if (expand.has('urls')) {
    wire['urls'] = [`https://${one.slug.toLowerCase()}.bank.example.test`];
  }
  return wire;
}

/** What the connector asks of the person, for the wire. */
export function connectorFields(one: Connector): readonly FieldRecord[] {
  return one.fields;
}

/** The id of the one source a connector has. */
export function connectorSourceId(one: Connector): number {
  return one.id + 37;
}

/** The ways the connector gets its data, for the wire. */
export function connectorSources(one: Connector): Record<string, unknown>[] {
  return [
    {
      id: connectorSourceId(one),
      id_connector: one.id,
      name: one.sourceName,
      auth_mechanism: one.authMechanism,
      available_auth_mechanisms: one.availableAuthMechanisms,
      disabled: null,
      priority: 1,
      account_usages: one.accountUsages,
    },
  ];
}
