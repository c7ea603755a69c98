import type { FieldRecord, LoanTerms } from '../store/records.js';

/** An account that a connection to this connector will find. */
export interface AccountTemplate {
  name: string;
  type: string;
  idType: number;
  usage: 'PRIV' | 'ORGA';
  balance: number;
  coming: number | null;
  hasIban: boolean;
  /** Of a loan: what it was made with. */
  loan?: LoanTerms;
}

/** A contract that a connection to this connector will find. */
export interface SubscriptionTemplate {
  label: string;
  subscriber: string;
}

/** What the person does to log in. */
export type AuthMechanism = 'credentials' | 'webauth';

/** What the bank asks after the credentials. */
export type Challenge = 'none' | 'otp' | 'decoupled';

/** One way in which a connector gets its data. */
export interface ConnectorSource {
  id: number;
  name: 'openapi' | 'directaccess';
  authMechanism: AuthMechanism;
  /** The lowest comes first. */
  priority: number;
  /** True where the consent of the person ends some day, and must be given again. */
  hasConsentEnd: boolean;
}

/** A bank or a billing provider, invented. */
export interface Connector {
  id: number;
  uuid: string;
  name: string;
  slug: string;
  color: string;
  country: 'FR' | 'GB' | 'DE';
  capabilities: readonly string[];
  products: readonly string[];
  accountUsages: readonly string[];
  authMechanism: AuthMechanism;
  availableAuthMechanisms: readonly AuthMechanism[];
  challenge: Challenge;
  beta: boolean;
  restricted: boolean;
  sourceName: 'openapi' | 'directaccess';
  /** A second source that asks for another way to log in; the first one has `sourceName` and `authMechanism`. */
  secondSource?: { name: 'openapi' | 'directaccess'; authMechanism: AuthMechanism };
  fields: readonly FieldRecord[];
  accounts: readonly AccountTemplate[];
  subscriptions: readonly SubscriptionTemplate[];
}

/** True for a bank, false for a provider of bills alone. */
export function isBank(connector: Connector): boolean {
  return connector.capabilities.includes('bank');
}

const SOURCE_IDS = { first: 37, second: 237 } as const;

/** The sources of a connector, the preferred one first. */
export function connectorSources(connector: Connector): [ConnectorSource, ...ConnectorSource[]] {
  const { id, sourceName, authMechanism, secondSource } = connector;
  const first: ConnectorSource = {
    ...{ id: id + SOURCE_IDS.first, name: sourceName, authMechanism, priority: 1 },
    // The website of a bank that also has an API asks for the person again after the same time.
    hasConsentEnd: sourceName === 'openapi' || secondSource !== undefined,
  };
  return secondSource === undefined
    ? [first]
    : [first, { id: id + SOURCE_IDS.second, priority: 2, hasConsentEnd: true, ...secondSource }];
}

/** The source of that name; undefined when the connector has none. */
export function sourceNamed(connector: Connector, name: string): ConnectorSource | undefined {
  return connectorSources(connector).find((source) => source.name === name);
}

/** The source that sends the person to the bank's own site; undefined when the connector has none. */
export function webauthSource(connector: Connector): ConnectorSource | undefined {
  return connectorSources(connector).find(({ authMechanism }) => authMechanism === 'webauth');
}
