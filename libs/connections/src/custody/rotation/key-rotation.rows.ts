import sql from 'sql-template-tag';
import type { BoundConnection, RemovalReason } from '../../values/verified-ids.js';
import type { SealedRow } from '../sealed-row.js';

/** An envelope to put in place of another. */
export interface Resealed {
  readonly userId: string;
  /** The envelope that it replaces: it must not replace any other. */
  readonly old: Pick<SealedRow, 'sealedToken' | 'authenticator'>;
  readonly sealedToken: string | null;
  readonly authenticator: string;
}

/** Which rows, and how many at a time. */
export interface SealedPage {
  readonly instance: string;
  /** Only rows of this key; null for any. */
  readonly keyId: string | null;
  readonly limit: number;
}

/** Columns of a row of a Powens user. */
export interface SealedColumns {
  id: string;
  tenant: string;
  owner_id: string;
  status: string;
  powens_user_id: string;
  api_origin: string;
  client_id: string;
  sealed_token: string | null;
  authenticator: string | null;
  key_id: string;
}

/** A row of a connection with its authenticators. */
export interface MacRow extends BoundConnection {
  readonly authenticator: string;
  /** Authorizes its deletion at Powens for one reason; null when no deletion is authorized. */
  readonly removal: { readonly authenticator: string; readonly reason: RemovalReason } | null;
}

/** Authenticators that replace others. */
export interface RemadeMacs {
  readonly row: MacRow;
  readonly authenticator: string;
  readonly removalAuthenticator: string | null;
}

/** Columns of a row of a connection. */
export interface MacColumns {
  id: string;
  user_id: string;
  powens_connection_id: string;
  removal_reason: string | null;
  authenticator: string;
  removal_authenticator: string | null;
}

/** Columns of {@link MacColumns}. */
export const MAC_COLUMNS = sql`id, user_id, powens_connection_id, removal_reason, authenticator, removal_authenticator`;

/** Maps a row of a Powens user. */
export function sealedRowOf(row: SealedColumns): SealedRow {
  return {
    userId: row.id,
    owner: { id: row.owner_id, tenant: row.tenant },
    status: row.status,
    powensUserId: row.powens_user_id,
    provider: { apiOrigin: row.api_origin, clientId: row.client_id },
    sealedToken: row.sealed_token,
    authenticator: row.authenticator,
    keyId: row.key_id,
  };
}

/** A row in quarantine has no reason yet: its removal authenticator covers the reason `unconfirmed`. */
export function macRowOf(row: MacColumns): MacRow {
  const authenticator = row.removal_authenticator;
  const reason = row.removal_reason === 'requested' ? 'requested' : 'unconfirmed';
  return {
    id: row.id,
    userId: row.user_id,
    powensConnectionId: row.powens_connection_id,
    authenticator: row.authenticator,
    removal: authenticator === null ? null : { authenticator, reason },
  };
}
