import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase } from '../database/connections-database.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { StandingConnection } from './connection-changes.repository.js';
import type { RemoteConnection } from './remote-diff.js';

/** How long a connection that is gone is remembered, and why it is gone. */
export interface Departure {
  readonly reason: 'gone_at_powens' | 'deleted_at_powens' | 'user_gone';
  readonly rememberDays: number;
}

/**
 * Connections that Powens no longer has: remembered for a while, and in use again under their old id when they come back.
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
   * Notes that Powens no longer has a connection. One that was in use is remembered; one that nobody confirmed is dropped, since it
   * would only come back as unconfirmed.
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

  /** Notes that Powens reported a connection as deleted that was missed before: webhooks cannot bring it back any more. */
  noteDeleted(local: Pick<StandingConnection, 'id'>, tx: Transaction): void {
    tx.add(
      sql`UPDATE ${this.database.tables.connection} SET removal_reason = 'deleted_at_powens', revision = revision + 1
        WHERE id = ${local.id} AND status = 'gone'`,
      1,
    );
  }

  /**
   * Ends the memory of connections that have been gone for long enough, down to a tombstone: whose connection it was, under which
   * id. Without it, one that Powens finds again would be a stranger's: quarantined, and deleted there in the end.
   *
   * @returns how many
   */
  async strip(limit: number): Promise<number> {
    const { connection } = this.database.tables;
    const due = sql`instance = ${this.database.instance} AND status = 'gone' AND remove_at <= now()`;
    // Every round of the sweeper asks, and hardly ever is one due: a look costs less than a statement that may write.
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
