import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { ConnectionsDatabase } from '../database/connections-database.js';
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
   * of. The first condition is one that an index answers.
   */
  async find(instance: string, days: number, limit: number): Promise<readonly LocalConnection[]> {
    const rows = await this.database.query<LocalRow>(sql`
      SELECT ${LOCAL_COLUMNS} FROM ${this.database.tables.connection}
      WHERE instance = ${instance}
        AND (last_synced_at <= now() - ${days}::int * interval '1 day' OR last_synced_at IS NULL)
        AND ${SINCE} <= now() - ${days}::int * interval '1 day'
        AND status = 'active' AND state IS NULL AND (silence_told IS NULL OR silence_told < ${SINCE})
      ORDER BY last_synced_at LIMIT ${limit}`);
    return rows.map(localOf);
  }

  /** Notes that the silence was told: the next one begins with whatever is heard next. */
  tell(local: LocalConnection, tx: Transaction): void {
    tx.add(
      sql`UPDATE ${this.database.tables.connection} SET silence_told = ${SINCE}, revision = revision + 1
        WHERE ${asSeen(local)} AND status = 'active'`,
      1,
    );
  }
}
