import type { FieldRecord } from '../store/records.js';
import type { AccountTemplate, Connector } from './connector.js';

const credentials = {
  regex: null,
  auth_mechanisms: ['credentials'],
  connector_sources: ['directaccess'],
  values: null,
};

/** The field for the person's login at the bank. */
export const LOGIN_FIELD: FieldRecord = {
  name: 'login',
  type: 'text',
  label: 'Identifiant',
  required: true,
  ...credentials,
};

/** The field for the person's password at the bank. */
export const PASSWORD_FIELD: FieldRecord = {
  name: 'password',
  type: 'password',
  label: 'Mot de passe',
  required: true,
  ...credentials,
};

/** The field of a one-time code. */
export const OTP_FIELD: FieldRecord = {
  ...credentials,
  name: 'otp',
  type: 'text',
  label: 'Code reçu par SMS',
  required: true,
  regex: '^[0-9]{6}$',
};

/** The list of the test connector. */
export const WEBSITE_FIELD: FieldRecord = {
  name: 'website',
  type: 'list',
  label: 'Type de compte',
  required: true,
  regex: null,
  auth_mechanisms: ['credentials', 'webauth'],
  connector_sources: ['directaccess', 'openapi'],
  values: [
    { label: 'Particuliers', value: 'par' },
    { label: 'Professionnels', value: 'pro' },
  ],
};

/** A current account. */
export const CHECKING: AccountTemplate = {
  name: 'Compte courant',
  type: 'checking',
  idType: 2,
  usage: 'PRIV',
  balance: 1523.45,
  coming: -20,
  hasIban: true,
};

/** A savings account. */
export const SAVINGS: AccountTemplate = {
  name: 'Livret A',
  type: 'savings',
  idType: 3,
  usage: 'PRIV',
  balance: 8240.1,
  coming: null,
  hasIban: false,
};

/** A deferred debit card. */
export const CARD: AccountTemplate = {
  name: 'Carte à débit différé',
  type: 'card',
  idType: 9,
  usage: 'PRIV',
  balance: -312.8,
  coming: -312.8,
  hasIban: false,
};

/** A connector with the values most of them share. */
export function connector(
  own: Pick<Connector, 'id' | 'uuid' | 'name' | 'slug' | 'color'> & Partial<Connector>,
): Connector {
  return {
    country: 'FR',
    capabilities: ['bank'],
    products: ['bank'],
    accountUsages: ['PRIV'],
    authMechanism: 'credentials',
    availableAuthMechanisms: [own.authMechanism ?? 'credentials'],
    challenge: 'none',
    beta: false,
    restricted: false,
    sourceName: 'openapi',
    fields: [LOGIN_FIELD, PASSWORD_FIELD],
    accounts: [CHECKING, SAVINGS],
    subscriptions: [],
    ...own,
  };
}
