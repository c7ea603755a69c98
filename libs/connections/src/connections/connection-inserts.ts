import sql, { join, type Sql } from 'sql-template-tag';
import type { ConnectionMetadata } from '../values/metadata.js';
import type { Owner } from '../values/owner.js';

/** A connection to insert. */
export interface NewConnection {
  readonly id: string;
  readonly instance: string;
  readonly owner: Owner;
  readonly userId: string;
  readonly attemptId: string | null;
  readonly powensConnectionId: string;
  /** HMAC over the values that Powens reported, made before a row exists. */
  readonly authenticator: string;
  readonly connectorUuid: string | null;
  readonly connectorName: string | null;
  readonly state: string | null;
  readonly lastSyncedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly connectedBy: string | null;
  readonly metadata: ConnectionMetadata;
}

/** Period in which a connection may be confirmed, by the database's clock. */
export interface Quarantine {
  readonly since: Date;
  readonly removeAt: Date;
}

/** A connection to insert, with the authorization of its deletion at the end of the quarantine. */
export interface NewUnconfirmed extends NewConnection {
  readonly removalAuthenticator: string;
}

/** Inserts rows of {@link rowInUse} or {@link rowInQuarantine}. */
export function insertionOf(connection: Sql, rows: readonly Sql[]): Sql {
  return sql`INSERT INTO ${connection} (
      id, instance, tenant, owner_id, user_id, powens_connection_id, authenticator, connector_uuid, connector_name,
      state, created_at, last_synced_at, expires_at, revision, status, removal_authenticator, attempt_id,
      connected_by, metadata, unconfirmed_since, remove_at
    ) VALUES ${join(rows)}`;
}

/** Values of a connection in use. */
export function rowInUse(row: NewConnection): Sql {
  return sql`(${valuesOf(row)}, 'active', NULL, ${row.attemptId}, ${row.connectedBy},
    ${JSON.stringify(row.metadata)}, NULL, NULL)`;
}

/** Values of a connection in quarantine. */
export function rowInQuarantine(row: NewUnconfirmed, { since, removeAt }: Quarantine): Sql {
  return sql`(${valuesOf(row)}, 'unconfirmed', ${row.removalAuthenticator}, NULL, NULL, NULL, ${since}, ${removeAt})`;
}

/** What both have in common. */
function valuesOf(row: NewConnection): Sql {
  return sql`${row.id}, ${row.instance}, ${row.owner.tenant}, ${row.owner.id}, ${row.userId}, ${row.powensConnectionId},
    ${row.authenticator}, ${row.connectorUuid}, ${row.connectorName}, ${row.state}, now(), ${row.lastSyncedAt},
    ${row.expiresAt}, 1`;
}
