import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase, type StatementPolicy } from '../database/connections-database.js';
import { EXPIRY_NOT_NOTIFIED, SILENCE_NOT_NOTIFIED } from '../database/not-notified.js';
import { inSeconds } from '../database/sql.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { ConnectionMetadata } from '../values/metadata.js';
import type { Owner } from '../values/owner.js';
import type { ConnectionStatus } from './connection.repository.js';
import { asSeen, LOCAL_COLUMNS, localOf, type LocalRow, type StandingConnection } from './connection.rows.js';
import type { LocalConnection, RemoteConnection } from './remote-diff.js';

export type { StandingConnection } from './connection.rows.js';

/** Retention of a connection that is gone, and the reason. */
export interface Departure {
  readonly reason: 'gone_at_powens' | 'deleted_at_powens' | 'user_gone';
  readonly rememberDays: number;
}

/** Start of the silence: the last synchronisation, or the creation if there was none. */
const SINCE = sql`COALESCE(last_synced_at, created_at)`;

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
      instance = ${this.database.instance} AND ${raw(EXPIRY_NOT_NOTIFIED)} AND expires_at > now()
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
  markExpiryNotified(local: LocalConnection, tx: Transaction): void {
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

  /** Takes a connection that was gone into use again, under its old id, and ends its loss. */
  revive(id: string, remote: RemoteConnection, tx: Transaction): void {
    tx.add(
      sql`UPDATE ${this.database.tables.connection}
        SET status = 'active', removal_reason = NULL, remove_at = NULL, state = ${remote.state},
          expires_at = ${remote.expire}, revision = revision + 1,
          last_synced_at = GREATEST(last_synced_at, ${remote.lastUpdate}::timestamptz),
          connector_name = COALESCE(${remote.connectorName}, connector_name)
        WHERE id = ${id} AND status = 'gone'`,
      1,
    );
    tx.add(
      sql`UPDATE ${this.database.tables.loss} SET status = 'recovered', ended_at = now() WHERE subject_id = ${id}`,
      'any',
    );
  }

  /**
   * Records that Powens no longer has a connection. One that was in use is remembered; an unconfirmed one is removed, since it
   * would only return as unconfirmed.
   */
  depart(local: Pick<StandingConnection, 'id' | 'status'>, departure: Departure, tx: Transaction): void {
    const { connection } = this.database.tables;
    tx.add(
      local.status === 'active'
        ? sql`UPDATE ${connection}
            SET status = 'gone', removal_reason = ${departure.reason}, revision = revision + 1,
              remove_at = now() + ${departure.rememberDays}::float8 * interval '1 day'
            WHERE id = ${local.id} AND status = 'active'`
        : sql`DELETE FROM ${connection} WHERE id = ${local.id} AND status = 'unconfirmed'`,
      1,
    );
  }

  /** Records that Powens reported a missing connection as deleted: webhooks can no longer restore it. */
  noteDeleted(local: Pick<StandingConnection, 'id'>, tx: Transaction): void {
    tx.add(
      sql`UPDATE ${this.database.tables.connection} SET removal_reason = 'deleted_at_powens', revision = revision + 1
        WHERE id = ${local.id} AND status = 'gone'`,
      1,
    );
  }

  /**
   * Finds connections in use, in no state that requires an action, that are silent for longer than `days` and whose owner was
   * not notified: those that were synchronised once, and those that never were. Each query reads one range of the index.
   */
  async findSilent(days: number, limit: number): Promise<readonly LocalConnection[]> {
    const end = sql`now() - ${days}::int * interval '1 day'`;
    const silent = (which: Sql): Sql => sql`(
      SELECT ${LOCAL_COLUMNS} FROM ${this.database.tables.connection}
      WHERE instance = ${this.database.instance} AND ${raw(SILENCE_NOT_NOTIFIED)} AND ${which}
      ORDER BY last_synced_at LIMIT ${limit})`;
    const rows = await this.database.query<LocalRow>(
      sql`
      ${silent(sql`last_synced_at <= ${end}`)}
      UNION ALL ${silent(sql`last_synced_at IS NULL AND created_at <= ${end}`)} LIMIT ${limit}`,
      BACKGROUND,
    );
    return rows.map(localOf);
  }

  /** Records that the host was notified of the silence: the next one starts with the next synchronisation. */
  markSilenceNotified(local: LocalConnection, tx: Transaction): void {
    tx.add(
      sql`UPDATE ${this.database.tables.connection} SET silence_notified_at = ${SINCE}, revision = revision + 1
        WHERE ${asSeen(local)} AND status = 'active'`,
      1,
    );
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
