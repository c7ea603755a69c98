import type { FieldRecord } from '../store/records.js';

/** An account that a connection to this connector will find. */
export interface AccountTemplate {
  name: string;
  type: string;
  idType: number;
  usage: 'PRIV' | 'ORGA';
  balance: number;
  coming: number | null;
  hasIban: boolean;
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
  fields: readonly FieldRecord[];
  accounts: readonly AccountTemplate[];
  subscriptions: readonly SubscriptionTemplate[];
}

/** True for a bank, false for a provider of bills alone. */
export function isBank(connector: Connector): boolean {
  return connector.capabilities.includes('bank');
}
