/** A client application: what the console of the provider would hold. */
export interface ClientRecord {
  id: string;
  domain: string;
  secret: string;
  name: string;
  redirectUris: string[];
  /** What its JWT are signed with; absent until they were asked for. */
  keys?: ClientKeys;
  primaryColor?: string;
  /** Settings that the caller keeps with it. */
  config?: Record<string, unknown>;
}

/** A pair of RSA keys, in PEM. */
export interface ClientKeys {
  publicKey: string;
  privateKey: string;
}

/** An end user. Deleted users are kept as a trace for the ledger. */
export interface UserRecord {
  id: number;
  domain: string;
  temporary: boolean;
  createdAt: number;
  deletedAt: number | null;
}

/** Where a temporary code comes from, which says what it is good for. */
export type CodeKind = 'webview' | 'singleAccess' | 'requestAccess';

/** A temporary code. */
export interface CodeRecord {
  code: string;
  idUser: number;
  kind: CodeKind;
  issuedAt: number;
  expiresAt: number;
  /** Successful exchanges: never above 1. */
  exchanges: number;
  /** Of a webview code: the client application and callback it was made for. */
  clientId: string | null;
  redirectUri: string | null;
  /** Of a `singleAccess` code: the webview session that presented it first. */
  boundTo: string | null;
}

/** A bearer token of a user, or a service token when `idUser` is null. */
export interface TokenRecord {
  token: string;
  idUser: number | null;
  kind: 'permanent' | 'temporary' | 'service' | 'jwt';
  issuedAt: number;
  expiresAt: number | null;
  revoked: boolean;
}

/** What is asked of the person to repair a connection. */
export interface FieldRecord {
  name: string;
  type: string;
  label: string;
  required: boolean;
  regex: string | null;
  auth_mechanisms: string[];
  connector_sources: string[];
  values: { label: string; value: string }[] | null;
}

/** The link between a user and a connector. Deleted connections are kept as a trace for the ledger. */
export interface ConnectionRecord {
  id: number;
  idUser: number;
  idConnector: number;
  state: string | null;
  errorMessage: string | null;
  fields: FieldRecord[] | null;
  active: boolean;
  createdAt: number;
  lastUpdate: number | null;
  lastPush: number | null;
  expire: number | null;
  nextTry: number | null;
  /** Last synchronisation, successful or not: what the freshness window counts from. */
  lastSyncAt: number | null;
  /** When a `validating` connection will have been validated. */
  readyAt: number | null;
  deletedAt: number | null;
}

/** One way a connection gets its data. */
export interface SourceRecord {
  id: number;
  idConnection: number;
  idConnectorSource: number;
  name: string;
  createdAt: number;
  lastUpdate: number | null;
  disabledAt: number | null;
  state: string | null;
  accessExpire: number | null;
  expire: number | null;
  nextTry: number | null;
}

/** What a loan was made with; amounts and dates of its payments are computed from it. */
export interface LoanTerms {
  type: 'mortgage' | 'consumercredit' | 'revolvingcredit';
  total: number;
  /** Percent a year. */
  rate: number;
  months: number;
  /** How many payments were made when the account was discovered. */
  paid: number;
  /** A month. */
  insurance: number;
}

/** A bank account: disabled until the person consents. */
export interface AccountRecord {
  id: number;
  idConnection: number;
  idUser: number;
  idSource: number;
  number: string;
  iban: string | null;
  /** Absent from accounts of an older journal. */
  bic?: string | null;
  name: string;
  /** What the person calls it. */
  customName?: string;
  display?: boolean;
  /** 0 or a number above: the reference says integer. */
  bookmarked?: number;
  type: string;
  idType: number;
  usage: string;
  currency: string;
  balance: number;
  coming: number | null;
  createdAt: number;
  disabledAt: number | null;
  loan?: LoanTerms;
  /** The newest transaction that a webhook announced. */
  lastPushedId?: number;
}

/** What a person wrote on a transaction, or the bank changed; the rest of it is computed. */
export interface TransactionEditRecord {
  id: number;
  idAccount: number;
  comment?: string | null;
  categories?: { code: string; parent_code: string | null }[];
  wording?: string;
  applicationDate?: string;
  active?: boolean;
  date?: string;
  deletedAt?: number | null;
  updatedAt: number;
}

/** What a person changed on a document; the rest of it is computed. */
export interface DocumentEditRecord {
  id: number;
  idSubscription: number;
  /** By the names of the fields. */
  changes: Readonly<Record<string, unknown>>;
}

/** Settings that a caller keeps with the provider: of a user, or of the whole domain. */
export interface ConfigRecord {
  owner: string;
  values: Record<string, unknown>;
}

/** A contract with a billing provider: the mirror of an account. */
export interface SubscriptionRecord {
  id: number;
  idConnection: number;
  idUser: number;
  idSource: number;
  number: string;
  label: string;
  subscriber: string;
  createdAt: number;
  disabledAt: number | null;
  /** True once a webhook may have announced it. */
  isAnnounced?: boolean;
}
