import sql, { type Sql } from 'sql-template-tag';
import { epochMs, timeOf, timeOrNull, type EpochMs } from '../database/sql.js';
import type { Connection, UnconfirmedConnection } from './connection.js';
import type { LocalConnection } from './remote-diff.js';
import { requiredActionOf } from './required-action.js';

/** Status of a connection: in use, seen at Powens and not confirmed, being deleted, or gone at Powens and remembered. */
export type ConnectionStatus = 'active' | 'unconfirmed' | 'deleting' | 'gone';

/** A row as an owner reads it. */
export interface ConnectionRow {
  id: string;
  powens_connection_id: string;
  connector_uuid: string | null;
  connector_name: string | null;
  state: string | null;
  created_ms: EpochMs;
  last_synced_ms: EpochMs | null;
  expires_ms: EpochMs | null;
}

/** A row in quarantine. */
export interface UnconfirmedRow extends ConnectionRow {
  unconfirmed_ms: EpochMs;
  remove_ms: EpochMs;
}

/** Columns of {@link ConnectionRow}. */
export const CONNECTION_COLUMNS = sql`id, powens_connection_id, connector_uuid, connector_name, state,
  ${epochMs(sql`created_at`)} AS created_ms, ${epochMs(sql`last_synced_at`)} AS last_synced_ms,
  ${epochMs(sql`expires_at`)} AS expires_ms`;

/** Columns that are compared and changed. */
export interface LocalRow {
  id: string;
  tenant: string;
  owner_id: string;
  user_id: string;
  powens_connection_id: string;
  state: string | null;
  last_synced_ms: EpochMs | null;
  expires_ms: EpochMs | null;
  revision: number;
}

/** A connection with its status. */
export type StandingConnection = LocalConnection & {
  readonly status: ConnectionStatus;
  /** Reason of the status `deleting` or `gone`; null otherwise. */
  readonly removalReason: string | null;
};

/** A connection whose deletion was completed and reported, and whose row is kept for a while: it has no lease. */
export const TOMBSTONED: Sql = sql`(status = 'deleting' AND leased_until IS NULL)`;

/** Columns of {@link LocalRow}. */
export const LOCAL_COLUMNS = sql`id, tenant, owner_id, user_id, powens_connection_id, state,
  ${epochMs(sql`last_synced_at`)} AS last_synced_ms, ${epochMs(sql`expires_at`)} AS expires_ms, revision`;

/** Matches a connection that was not changed since it was read. */
export function asSeen(local: LocalConnection): Sql {
  return sql`id = ${local.id} AND revision = ${local.revision}`;
}

/** Maps a row. */
export function localOf(row: LocalRow): LocalConnection {
  return {
    id: row.id,
    userId: row.user_id,
    owner: { id: row.owner_id, tenant: row.tenant },
    powensConnectionId: row.powens_connection_id,
    state: row.state,
    lastSyncedAt: timeOrNull(row.last_synced_ms),
    expiresAt: timeOrNull(row.expires_ms),
    revision: row.revision,
  };
}

/** Maps a row that an owner reads. */
export function connectionOf(row: ConnectionRow): Connection {
  return {
    id: row.id,
    powensConnectionId: row.powens_connection_id,
    connectorUuid: row.connector_uuid,
    connectorName: row.connector_name,
    state: row.state,
    requiredAction: requiredActionOf(row.state),
    createdAt: timeOf(row.created_ms),
    lastSyncedAt: timeOrNull(row.last_synced_ms),
    expiresAt: timeOrNull(row.expires_ms),
  };
}

/** Maps a row in quarantine. */
export function unconfirmedOf(row: UnconfirmedRow): UnconfirmedConnection {
  return {
    ...connectionOf(row),
    unconfirmedSince: timeOf(row.unconfirmed_ms),
    removeAt: timeOf(row.remove_ms),
  };
}
