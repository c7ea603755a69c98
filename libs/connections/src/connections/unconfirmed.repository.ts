import { Injectable } from '@nestjs/common';
import sql, { join } from 'sql-template-tag';
import { ConnectionsDatabase } from '../database/connections-database.js';
import { epochMs, timeOf, type EpochMs } from '../database/sql.js';
import type { Transaction } from '../database/unit-of-work.js';
import { StorageError } from '../errors/index.js';
import type { NewConnection } from './connection.repository.js';

/** Period in which a connection may be confirmed, by the database's clock. */
export interface Quarantine {
  readonly since: Date;
  readonly removeAt: Date;
}

/** A connection to insert, with the authorization of its deletion at the end of the quarantine. */
export interface NewUnconfirmed extends NewConnection {
  readonly removalAuthenticator: string;
}

/**
 * Unconfirmed connections.
 *
 * @see OA-31
 * @internal
 */
@Injectable()
export class UnconfirmedRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /** Returns the end of a quarantine of `hours` that starts now: the event that is stored with the row reports the same time. */
  async quarantineOf(hours: number): Promise<Quarantine> {
    const [row] = await this.database.query<{ since: EpochMs; remove_ms: EpochMs }>(sql`
      SELECT ${epochMs(sql`now()`)} AS since,
        ${epochMs(sql`now() + ${hours}::float8 * interval '1 hour'`)} AS remove_ms`);
    if (row === undefined) {
      throw new StorageError(null, null);
    }
    return { since: timeOf(row.since), removeAt: timeOf(row.remove_ms) };
  }

  /** Adds connections in quarantine; unique on the Powens id, as those that are in use. */
  insertAll(connections: readonly NewUnconfirmed[], { since, removeAt }: Quarantine, tx: Transaction): void {
    if (connections.length === 0) {
      return;
    }
    const rows = connections.map(
      (
        row,
      ) => sql`(${row.id}, ${row.instance}, ${row.owner.tenant}, ${row.owner.id}, ${row.userId}, 'unconfirmed',
        ${row.powensConnectionId}, ${row.authenticator}, ${row.removalAuthenticator}, ${row.connectorUuid},
        ${row.connectorName}, ${row.state}, now(), ${row.lastSyncedAt}, ${row.expiresAt}, ${since}, ${removeAt}, 1)`,
    );
    tx.add(
      sql`INSERT INTO ${this.database.tables.connection} (
          id, instance, tenant, owner_id, user_id, status, powens_connection_id, authenticator,
          removal_authenticator, connector_uuid, connector_name, state, created_at, last_synced_at, expires_at, unconfirmed_since, remove_at, revision
        ) VALUES ${join(rows)}`,
      connections.length,
    );
  }
}
