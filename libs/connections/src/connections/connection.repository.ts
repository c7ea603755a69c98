import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { ConnectionsDatabase } from '../database/connections-database.js';
import { StorageError } from '../errors/index.js';
import { epochMs, timeOf, type EpochMs } from '../database/sql.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { ConnectionMetadata } from '../values/metadata.js';
import type { Owner } from '../values/owner.js';
import type { Connection, UnconfirmedConnection } from './connection.js';
import {
  CONNECTION_COLUMNS,
  connectionOf,
  type ConnectionRow,
  type ConnectionStatus,
  unconfirmedOf,
  type UnconfirmedRow,
} from './connection.rows.js';
import {
  insertionOf,
  type NewConnection,
  type NewUnconfirmed,
  type Quarantine,
  rowInQuarantine,
  rowInUse,
} from './connection-inserts.js';

export type { ConnectionStatus } from './connection.rows.js';
export type { NewConnection, NewUnconfirmed, Quarantine } from './connection-inserts.js';

type ConnectorOf = Pick<NewConnection, 'id' | 'connectorUuid'>;

/** What is known of a Powens id, in any status. */
export interface KnownConnection {
  readonly id: string;
  readonly userId: string;
  readonly powensConnectionId: string;
  readonly status: ConnectionStatus;
}

/** Unique key: one row per connection at Powens. */
export const CONNECTION_KEY = 'powens_connection_powens_key';

/**
 * Rows of connections. Every read is scoped to an owner: another owner's row looks like one that does not exist.
 *
 * @internal
 */
@Injectable()
export class ConnectionRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /** Adds connections in use; unique on the Powens id. */
  insertAll(connections: readonly NewConnection[], tx: Transaction): void {
    this.insert(connections.map(rowInUse), tx);
  }

  /** Adds connections in quarantine; unique on the Powens id, as those that are in use. */
  insertUnconfirmed(connections: readonly NewUnconfirmed[], quarantine: Quarantine, tx: Transaction): void {
    const rows = connections.map((row) => rowInQuarantine(row, quarantine));
    this.insert(rows, tx);
  }

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
      WHERE ${this.ownedBy(owner)} AND status = 'active' AND connector_uuid = ${row.connectorUuid} AND id <> ${row.id}
      UNION SELECT unnest(${same.map(({ id }) => id)}::uuid[])`;
  }

  /** Finds which of these Powens ids are already known, with their owners and statuses. */
  async findKnown(powensIds: readonly string[]): Promise<readonly KnownConnection[]> {
    const { connection } = this.database.tables;
    return this.database.query<KnownConnection>(sql`
      SELECT id, user_id AS "userId", powens_connection_id AS "powensConnectionId", status FROM ${connection}
      WHERE instance = ${this.database.instance} AND powens_connection_id = ANY(${[...powensIds]}::text[])`);
  }

  /** Finds a connection of an owner. */
  async findOne(owner: Owner, id: string): Promise<Connection | null> {
    const { connection } = this.database.tables;
    const [row] = await this.database.query<ConnectionRow>(sql`
      SELECT ${CONNECTION_COLUMNS} FROM ${connection}
      WHERE id = ${id} AND ${this.ownedBy(owner)} AND status = 'active'`);
    return row === undefined ? null : connectionOf(row);
  }

  /** Lists connections of an owner after `afterId`, oldest first: ids are uuidv7, so they are ordered by time. */
  async findPage(owner: Owner, page: { afterId: string; limit: number }): Promise<readonly Connection[]> {
    const { connection } = this.database.tables;
    const rows = await this.database.query<ConnectionRow>(sql`
      SELECT ${CONNECTION_COLUMNS} FROM ${connection}
      WHERE ${this.ownedBy(owner)} AND status = 'active' AND id > ${page.afterId}
      ORDER BY id LIMIT ${page.limit}`);
    return rows.map(connectionOf);
  }

  /** Lists the ids at Powens of an owner's connections in use. */
  async findPowensIds(owner: Owner): Promise<readonly string[]> {
    const { connection } = this.database.tables;
    const rows = await this.database.query<{ powens_connection_id: string }>(sql`
      SELECT powens_connection_id FROM ${connection}
      WHERE ${this.ownedBy(owner)} AND status = 'active'`);
    return rows.map((row) => row.powens_connection_id);
  }

  /** Lists an owner's connections in quarantine, oldest first. */
  async findUnconfirmed(owner: Owner, limit: number): Promise<readonly UnconfirmedConnection[]> {
    const { connection } = this.database.tables;
    const rows = await this.database.query<UnconfirmedRow>(sql`
      SELECT ${CONNECTION_COLUMNS}, ${epochMs(sql`unconfirmed_since`)} AS unconfirmed_ms,
        ${epochMs(sql`remove_at`)} AS remove_ms FROM ${connection}
      WHERE ${this.ownedBy(owner)} AND status = 'unconfirmed'
      ORDER BY id LIMIT ${limit}`);
    return rows.map(unconfirmedOf);
  }

  /** Reads the metadata of an owner's connection, or null when there is no such connection. */
  async findMetadata(owner: Owner, id: string): Promise<ConnectionMetadata | null> {
    const { connection } = this.database.tables;
    const [row] = await this.database.query<{ metadata: string | null }>(sql`
      SELECT metadata FROM ${connection}
      WHERE id = ${id} AND ${this.ownedBy(owner)} AND status = 'active'`);
    return row === undefined ? null : readMetadata(row.metadata);
  }

  /**
   * Replaces the metadata of an owner's connection. It is not compared with Powens, so this conflicts with no other change.
   *
   * @returns false when there is no such connection
   * @see F4
   */
  async replaceMetadata(owner: Owner, id: string, metadata: ConnectionMetadata): Promise<boolean> {
    const { connection } = this.database.tables;
    const rows = await this.database.query(
      sql`
      UPDATE ${connection} SET metadata = ${JSON.stringify(metadata)}
      WHERE id = ${id} AND ${this.ownedBy(owner)} AND status = 'active'
      RETURNING id`,
      { repeatable: true },
    );
    return rows.length === 1;
  }

  private insert(rows: readonly Sql[], tx: Transaction): void {
    if (rows.length > 0) {
      tx.add(insertionOf(this.database.tables.connection, rows), rows.length);
    }
  }

  private ownedBy(owner: Owner): Sql {
    return sql`instance = ${this.database.instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}`;
  }
}

function readMetadata(kept: string | null): ConnectionMetadata {
  return kept === null ? {} : (JSON.parse(kept) as ConnectionMetadata);
}
