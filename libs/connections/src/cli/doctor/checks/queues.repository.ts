import sql, { type Sql } from 'sql-template-tag';
import type { ConnectionsDatabase } from '../../../database/connections-database.js';

/** How many messages wait, and how many are no longer processed. */
export interface QueueCounts {
  readonly pending: number;
  /** Seconds since the oldest of them became due. */
  readonly waitingSeconds: number;
  readonly dead: number;
  /** Inbox only: their user or connection was not found in time. */
  readonly parked: number;
}

/** Counts the messages of the outbox and of the inbox. */
export async function countQueues(
  database: ConnectionsDatabase,
): Promise<{ readonly outbox: QueueCounts; readonly inbox: QueueCounts }> {
  const { instance } = database;
  const count = async (queue: 'outbox' | 'inbox'): Promise<QueueCounts> => {
    const table = database.tables[queue];
    // Each of these states is rare, and has an index of its own.
    const ofStatus = (status: Sql): Sql =>
      sql`(SELECT count(*)::int FROM ${table} WHERE instance = ${instance} AND status = ${status})`;
    const [row] = await database.query<QueueCounts>(sql`
      SELECT ${ofStatus(sql`'pending'`)} AS pending,
        COALESCE(extract(epoch FROM now() - (
          SELECT min(available_at) FROM ${table} WHERE instance = ${instance} AND status = 'pending'
        )), 0)::int AS "waitingSeconds",
        ${ofStatus(sql`'dead'`)} AS dead,
        ${queue === 'inbox' ? ofStatus(sql`'parked'`) : sql`0`} AS parked`);
    return row ?? { pending: 0, waitingSeconds: 0, dead: 0, parked: 0 };
  };
  return { outbox: await count('outbox'), inbox: await count('inbox') };
}
