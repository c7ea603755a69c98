import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase } from '../database/connections-database.js';
import { SILENCE_NOT_TOLD } from '../database/not-notified.js';
import type { Transaction } from '../database/unit-of-work.js';
import { asSeen, LOCAL_COLUMNS, localOf, type LocalRow } from './connection-changes.repository.js';
import type { LocalConnection } from './remote-diff.js';

/** Since when a connection is silent: one that was never synchronised, since it is here. */
const SINCE = sql`COALESCE(last_synced_at, created_at)`;

/**
 * Connections that nothing is heard of any more, although nothing is said to be wrong.
 *
 * @see G11
 * @internal
 */
@Injectable()
export class SilentConnectionsRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /**
   * Finds connections in use, in no state that asks for something, whose silence lasts longer than `days` and was not told
   * of: those that were synchronised once, and those that never were. Either look is one range of the index.
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

  /** Notes that the silence was told: the next one begins with whatever is heard next. */
  tell(local: LocalConnection, tx: Transaction): void {
    tx.add(
      sql`UPDATE ${this.database.tables.connection} SET silence_notified_at = ${SINCE}, revision = revision + 1
        WHERE ${asSeen(local)} AND status = 'active'`,
      1,
    );
  }
}
