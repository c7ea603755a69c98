import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase, type StatementPolicy } from '../database/connections-database.js';
import { EXPIRY_NOT_TOLD } from '../database/not-notified.js';
import { epochMs, timeOrNull, type EpochMs } from '../database/sql.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { ConnectionMetadata } from '../values/metadata.js';
import type { Owner } from '../values/owner.js';
import type { ConnectionStatus } from './connection.repository.js';
import type { LocalConnection, RemoteConnection } from './remote-diff.js';

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

/**
 * Changes of connections. The predicate of each write repeats the state that the decision was based on.
 *
 * @internal
 */
@Injectable()
export class ConnectionChangesRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /** Finds a connection of an owner; one that is not in use only on request. */
  async find(
    owner: Owner,
    id: string,
    statuses: readonly ConnectionStatus[] = ['active'],
  ): Promise<StandingConnection | null> {
    const [row] = await this.selectStanding(sql`
      id = ${id} AND instance = ${this.database.instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}
      AND status = ANY(${[...statuses]}::text[])`);
    return row ?? null;
  }

  /** Finds a connection by its id at Powens, in any status and of any owner. */
  async findByPowensId(powensConnectionId: string): Promise<StandingConnection | null> {
    const [row] = await this.selectStanding(
      sql`instance = ${this.database.instance} AND powens_connection_id = ${powensConnectionId}`,
    );
    return row ?? null;
  }

  /** Finds every connection of a Powens user: those in use, or those in another status. */
  async findAllOf(userId: string, status: ConnectionStatus = 'active'): Promise<readonly LocalConnection[]> {
    return this.select(sql`user_id = ${userId} AND status = ${status}`);
  }

  /** Finds every connection of a Powens user, in any status. */
  async findEveryOf(userId: string): Promise<readonly StandingConnection[]> {
    return this.selectStanding(sql`user_id = ${userId}`);
  }

  /** Finds connections whose consent ends within `days` and whose owner was not notified of that end. */
  async findExpiring(days: number, limit: number): Promise<readonly LocalConnection[]> {
    return this.select(
      sql`
      instance = ${this.database.instance} AND ${raw(EXPIRY_NOT_TOLD)} AND expires_at > now()
      AND expires_at <= now() + ${days}::int * interval '1 day' ORDER BY expires_at LIMIT ${limit}`,
      BACKGROUND,
    );
  }

  /** Applies the state reported by Powens, unless the connection is being deleted or its revision changed. */
  update(local: LocalConnection, remote: RemoteConnection, tx: Transaction): void {
    tx.add(
      sql`UPDATE ${this.database.tables.connection}
        SET state = ${remote.state}, expires_at = ${remote.expire}, revision = revision + 1,
          last_synced_at = GREATEST(last_synced_at, ${remote.lastUpdate}::timestamptz),
          connector_name = COALESCE(${remote.connectorName}, connector_name)
        WHERE ${asSeen(local)} AND status IN ('active', 'unconfirmed')`,
      1,
    );
  }

  /** Finds a connection by its id here, in any status. */
  async get(id: string): Promise<StandingConnection | null> {
    const [row] = await this.selectStanding(sql`id = ${id}`);
    return row ?? null;
  }

  /** Takes a connection out of quarantine, unless it was confirmed or its removal began meanwhile. */
  confirm(
    id: string,
    remote: RemoteConnection,
    by: { attemptId: string | null; connectedBy: string | null; metadata: ConnectionMetadata },
    tx: Transaction,
  ): void {
    tx.add(
      sql`UPDATE ${this.database.tables.connection}
        SET status = 'active', attempt_id = ${by.attemptId}, unconfirmed_since = NULL, remove_at = NULL,
          removal_authenticator = NULL,
          connected_by = ${by.connectedBy}, metadata = ${JSON.stringify(by.metadata)},
          state = ${remote.state}, expires_at = ${remote.expire}, revision = revision + 1,
          last_synced_at = GREATEST(last_synced_at, ${remote.lastUpdate}::timestamptz),
          connector_uuid = COALESCE(${remote.connectorUuid}, connector_uuid),
          connector_name = COALESCE(${remote.connectorName}, connector_name)
        WHERE id = ${id} AND status = 'unconfirmed'`,
      1,
    );
  }

  /** Records that the owner was notified of the end of the consent. */
  tellExpiry(local: LocalConnection, tx: Transaction): void {
    tx.add(
      sql`UPDATE ${this.database.tables.connection} SET expiry_notified_for = expires_at, revision = revision + 1
        WHERE ${asSeen(local)} AND status = 'active'`,
      1,
    );
  }

  /**
   * Takes the right to request a synchronisation, which is available again after `seconds`.
   *
   * @returns `taken`; or the seconds to wait; or `gone` when the connection is being deleted
   */
  async takeSync(local: LocalConnection, seconds: number): Promise<'taken' | 'gone' | number> {
    const { connection } = this.database.tables;
    const taken = await this.database.query(sql`
      UPDATE ${connection} SET sync_not_before = ${inSeconds(seconds)}
      WHERE id = ${local.id} AND status = 'active' AND (sync_not_before IS NULL OR sync_not_before <= now())
      RETURNING id`);
    if (taken.length === 1) {
      return 'taken';
    }
    const [row] = await this.database.query<{ wait: number }>(sql`
      SELECT ceil(extract(epoch FROM sync_not_before - now()))::int AS wait
      FROM ${connection} WHERE id = ${local.id} AND status = 'active'`);
    return row === undefined ? 'gone' : Math.max(1, row.wait);
  }

  /** Releases the right to request a synchronisation: no request was sent to Powens. */
  async releaseSync(local: LocalConnection): Promise<void> {
    await this.database.query(sql`
      UPDATE ${this.database.tables.connection} SET sync_not_before = NULL WHERE id = ${local.id}`);
  }

  private async selectStanding(where: Sql): Promise<readonly StandingConnection[]> {
    const rows = await this.database.query<
      LocalRow & { status: ConnectionStatus; removal_reason: string | null }
    >(sql`
      SELECT ${LOCAL_COLUMNS}, status, removal_reason FROM ${this.database.tables.connection} WHERE ${where}`);
    return rows.map((row) => ({ ...localOf(row), status: row.status, removalReason: row.removal_reason }));
  }

  private async select(where: Sql, policy: StatementPolicy = {}): Promise<readonly LocalConnection[]> {
    const rows = await this.database.query<LocalRow>(
      sql`
      SELECT ${LOCAL_COLUMNS} FROM ${this.database.tables.connection} WHERE ${where}`,
      policy,
    );
    return rows.map(localOf);
  }
}

/** Matches a connection that was not changed since it was read. */
export function asSeen(local: LocalConnection): Sql {
  return sql`id = ${local.id} AND revision = ${local.revision}`;
}

/** A time in the future, by the database's clock. */
export function inSeconds(seconds: number): Sql {
  return sql`now() + ${seconds}::int * interval '1 second'`;
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
