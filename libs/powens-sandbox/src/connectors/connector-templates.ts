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

const SECURITIES: Omit<AccountTemplate, 'name' | 'type' | 'idType'> = {
  usage: 'PRIV',
  balance: 120.4,
  coming: null,
  hasIban: false,
};

/** Accounts that hold securities; their balance here is the cash beside them. */
export const WEALTH: readonly AccountTemplate[] = [
  { ...SECURITIES, name: 'Compte titres', type: 'market', idType: 6 },
  { ...SECURITIES, name: 'PEA', type: 'pea', idType: 15 },
  { ...SECURITIES, name: 'Assurance vie Horizon', type: 'lifeinsurance', idType: 10, balance: 0 },
  { ...SECURITIES, name: "Plan d'épargne entreprise", type: 'pee', idType: 11, balance: 0 },
];

/** Loans; what is left to pay back is computed. */
export const LOANS: readonly AccountTemplate[] = [
  {
    ...{ ...SECURITIES, name: 'Prêt immobilier', type: 'loan', idType: 5, balance: 0 },
    loan: { type: 'mortgage', total: 210_000, rate: 1.65, months: 240, paid: 38, insurance: 31.5 },
  },
  {
    ...{ ...SECURITIES, name: 'Prêt auto', type: 'loan', idType: 5, balance: 0 },
    loan: { type: 'consumercredit', total: 12_000, rate: 4.9, months: 48, paid: 11, insurance: 0 },
  },
];

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
