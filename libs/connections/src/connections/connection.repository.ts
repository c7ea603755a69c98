import { Injectable } from '@nestjs/common';
import sql, { join, type Sql } from 'sql-template-tag';
import { ConnectionsDatabase } from '../database/connections-database.js';
import { epochMs, timeOf, timeOrNull, type EpochMs } from '../database/sql.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { ConnectionMetadata } from '../values/metadata.js';
import type { Owner } from '../values/owner.js';
import type { Connection, UnconfirmedConnection } from './connection.js';
import { requiredActionOf } from './required-action.js';

/** Status of a connection: in use, seen at Powens and not confirmed, being deleted, or gone at Powens and remembered. */
export type ConnectionStatus = 'active' | 'unconfirmed' | 'deleting' | 'gone';

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

type ConnectorOf = Pick<NewConnection, 'id' | 'connectorUuid'>;

/** What is known of a Powens id, in any status. */
export interface KnownConnection {
  readonly id: string;
  readonly userId: string;
  readonly powensConnectionId: string;
  readonly status: ConnectionStatus;
}

interface KnownRow {
  id: string;
  user_id: string;
  powens_connection_id: string;
  status: ConnectionStatus;
}

interface ConnectionRow {
  id: string;
  powens_connection_id: string;
  connector_uuid: string | null;
  connector_name: string | null;
  state: string | null;
  created_ms: EpochMs;
  last_synced_ms: EpochMs | null;
  expires_ms: EpochMs | null;
}

interface UnconfirmedRow extends ConnectionRow {
  unconfirmed_ms: EpochMs;
  remove_ms: EpochMs;
}

/** Unique key: one row per connection at Powens. */
export const CONNECTION_KEY = 'powens_connection_powens_key';

const COLUMNS = sql`id, powens_connection_id, connector_uuid, connector_name, state,
  ${epochMs(sql`created_at`)} AS created_ms, ${epochMs(sql`last_synced_at`)} AS last_synced_ms,
  ${epochMs(sql`expires_at`)} AS expires_ms`;

/**
 * Rows of connections. Every read is scoped to an owner: another owner's row looks like one that does not exist.
 *
 * @internal
 */
@Injectable()
export class ConnectionRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /** Adds connections; unique on the Powens id. */
  insertAll(connections: readonly NewConnection[], tx: Transaction): void {
    const { connection } = this.database.tables;
    if (connections.length === 0) {
      return;
    }
    const rows = connections.map(
      (
        row,
      ) => sql`(${row.id}, ${row.instance}, ${row.owner.tenant}, ${row.owner.id}, ${row.userId}, ${row.attemptId}, 'active',
        ${row.powensConnectionId}, ${row.authenticator}, ${row.connectorUuid}, ${row.connectorName}, ${row.state}, now(),
        ${row.lastSyncedAt}, ${row.expiresAt}, ${row.connectedBy}, ${JSON.stringify(row.metadata)}, 1)`,
    );
    tx.add(
      sql`INSERT INTO ${connection} (
          id, instance, tenant, owner_id, user_id, attempt_id, status, powens_connection_id, authenticator,
          connector_uuid, connector_name, state, created_at, last_synced_at, expires_at, connected_by, metadata, revision
        ) VALUES ${join(rows)}`,
      connections.length,
    );
  }

  /**
   * Selects the ids of the owner's other connections in use with the same connector, for the statement that writes this
   * one: nothing can change between the read and the write.
   *
   * @param rows - this connection, and all others of the same statement, whose snapshot does not contain them
   * @see F6
   */
  withSameConnector(
    owner: Owner,
    { row, together }: { row: ConnectorOf; together: readonly ConnectorOf[] },
  ): Sql {
    const { connection } = this.database.tables;
    const same = together.filter(
      ({ id, connectorUuid }) =>
        id !== row.id && connectorUuid !== null && connectorUuid === row.connectorUuid,
    );
    return sql`SELECT id FROM ${connection}
      WHERE instance = ${this.database.instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}
        AND status = 'active' AND connector_uuid = ${row.connectorUuid} AND id <> ${row.id}
      UNION SELECT unnest(${same.map(({ id }) => id)}::uuid[])`;
  }

  /** Finds which of these Powens ids are already known, with their owners and statuses. */
  async findKnown(powensIds: readonly string[]): Promise<readonly KnownConnection[]> {
    const { connection } = this.database.tables;
    const rows = await this.database.query<KnownRow>(sql`
      SELECT id, user_id, powens_connection_id, status FROM ${connection}
      WHERE instance = ${this.database.instance} AND powens_connection_id = ANY(${[...powensIds]}::text[])`);
    return rows.map((row) => ({
      id: row.id,
      userId: row.user_id,
      powensConnectionId: row.powens_connection_id,
      status: row.status,
    }));
  }

  /** Finds a connection of an owner. */
  async findOne(owner: Owner, id: string): Promise<Connection | null> {
    const { connection } = this.database.tables;
    const [row] = await this.database.query<ConnectionRow>(sql`
      SELECT ${COLUMNS} FROM ${connection}
      WHERE id = ${id} AND instance = ${this.database.instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}
        AND status = 'active'`);
    return row === undefined ? null : connectionOf(row);
  }

  /** Lists connections of an owner after `afterId`, oldest first: ids are uuidv7, so they are ordered by time. */
  async findPage(owner: Owner, page: { afterId: string; limit: number }): Promise<readonly Connection[]> {
    const { connection } = this.database.tables;
    const rows = await this.database.query<ConnectionRow>(sql`
      SELECT ${COLUMNS} FROM ${connection}
      WHERE instance = ${this.database.instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}
        AND status = 'active' AND id > ${page.afterId}
      ORDER BY id LIMIT ${page.limit}`);
    return rows.map(connectionOf);
  }

  /** Lists the ids at Powens of an owner's connections in use. */
  async findPowensIds(owner: Owner): Promise<readonly string[]> {
    const { connection } = this.database.tables;
    const rows = await this.database.query<{ powens_connection_id: string }>(sql`
      SELECT powens_connection_id FROM ${connection}
      WHERE instance = ${this.database.instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}
        AND status = 'active'`);
    return rows.map((row) => row.powens_connection_id);
  }

  /** Lists an owner's connections in quarantine, oldest first. */
  async findUnconfirmed(owner: Owner, limit: number): Promise<readonly UnconfirmedConnection[]> {
    const { connection } = this.database.tables;
    const rows = await this.database.query<UnconfirmedRow>(sql`
      SELECT ${COLUMNS}, ${epochMs(sql`unconfirmed_since`)} AS unconfirmed_ms,
        ${epochMs(sql`remove_at`)} AS remove_ms FROM ${connection}
      WHERE instance = ${this.database.instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}
        AND status = 'unconfirmed'
      ORDER BY id LIMIT ${limit}`);
    return rows.map((row) => ({
      ...connectionOf(row),
      unconfirmedSince: timeOf(row.unconfirmed_ms),
      removeAt: timeOf(row.remove_ms),
    }));
  }
}

function connectionOf(row: ConnectionRow): Connection {
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
