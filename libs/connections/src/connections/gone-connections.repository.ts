import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase } from '../database/connections-database.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { StandingConnection } from './connection-changes.repository.js';
import type { RemoteConnection } from './remote-diff.js';

/** Retention of a connection that is gone, and the reason. */
export interface Departure {
  readonly reason: 'gone_at_powens' | 'deleted_at_powens' | 'user_gone';
  readonly rememberDays: number;
}

/**
 * Connections that Powens no longer has: remembered for a while, and in use again under their old id when Powens finds them.
 *
 * @internal
 */
@Injectable()
export class GoneConnectionsRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

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
   * Reduces connections whose retention ended to a tombstone: the owner and the ids. Without it, a connection that Powens finds
   * again would be unattributed: quarantined, and finally deleted at Powens.
   *
   * @returns how many
   */
  async clearDetails(limit: number): Promise<number> {
    const { connection } = this.database.tables;
    const due = sql`instance = ${this.database.instance} AND status = 'gone' AND remove_at <= now()`;
    // Every run of the sweeper calls this, and rarely is a row due: a read costs less than a statement that may write.
    const look = sql`SELECT 1 FROM ${connection} WHERE ${due} LIMIT 1`;
    if ((await this.database.query(look, BACKGROUND)).length === 0) {
      return 0;
    }
    const rows = await this.database.query(
      sql`
      UPDATE ${connection}
      SET remove_at = NULL, connector_name = NULL, state = NULL, last_synced_at = NULL, expires_at = NULL, expiry_notified_for = NULL,
        silence_notified_at = NULL, sync_not_before = NULL, attempt_id = NULL, connected_by = NULL, metadata = NULL,
        revision = revision + 1
      WHERE id = ANY(ARRAY(
        SELECT id FROM ${connection} WHERE ${due}
        LIMIT ${limit} FOR UPDATE SKIP LOCKED
      )) RETURNING id`,
      BACKGROUND,
    );
    return rows.length;
  }
}
