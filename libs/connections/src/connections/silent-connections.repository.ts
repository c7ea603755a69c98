import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase } from '../database/connections-database.js';
import { SILENCE_NOT_TOLD } from '../database/not-notified.js';
import type { Transaction } from '../database/unit-of-work.js';
import { asSeen, LOCAL_COLUMNS, localOf, type LocalRow } from './connection-changes.repository.js';
import type { LocalConnection } from './remote-diff.js';

/** Start of the silence: the last synchronisation, or the creation if there was none. */
const SINCE = sql`COALESCE(last_synced_at, created_at)`;

/**
 * Connections without a synchronisation for a long time, although their state reports no problem.
 *
 * @see G11
 * @internal
 */
@Injectable()
export class SilentConnectionsRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /**
   * Finds connections in use, in no state that requires an action, that are silent for longer than `days` and whose owner was
   * not notified: those that were synchronised once, and those that never were. Each query reads one range of the index.
   */
  async find(days: number, limit: number): Promise<readonly LocalConnection[]> {
    const end = sql`now() - ${days}::int * interval '1 day'`;
    const silent = (which: Sql): Sql => sql`(
      SELECT ${LOCAL_COLUMNS} FROM ${this.database.tables.connection}
      WHERE instance = ${this.database.instance} AND ${raw(SILENCE_NOT_TOLD)} AND ${which}
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
  markNotified(local: LocalConnection, tx: Transaction): void {
    tx.add(
      sql`UPDATE ${this.database.tables.connection} SET silence_notified_at = ${SINCE}, revision = revision + 1
        WHERE ${asSeen(local)} AND status = 'active'`,
      1,
    );
  }
}
