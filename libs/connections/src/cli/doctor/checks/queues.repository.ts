import sql from 'sql-template-tag';
import type { ConnectionsDatabase } from '../../../database/connections-database.js';

/** How many messages wait, and how many nobody will work on any more. */
export interface QueueCounts {
  readonly pending: number;
  /** Seconds since the oldest of them could have been worked on. */
  readonly waitingSeconds: number;
  readonly dead: number;
  /** Of the inbox only: nobody they belong to was found in time. */
  readonly parked: number;
}

/** Counts the messages of the outbox and of the inbox. */
export async function countQueues(
  database: ConnectionsDatabase,
  instance: string,
): Promise<{ readonly outbox: QueueCounts; readonly inbox: QueueCounts }> {
  const count = async (queue: 'outbox' | 'inbox'): Promise<QueueCounts> => {
    const [row] = await database.query<QueueCounts>(sql`
      SELECT count(*) FILTER (WHERE status = 'pending')::int AS pending,
        COALESCE(extract(epoch FROM now() - min(available_at) FILTER (WHERE status = 'pending')), 0)::int
          AS "waitingSeconds",
        count(*) FILTER (WHERE status = 'dead')::int AS dead,
        count(*) FILTER (WHERE status = 'parked')::int AS parked
      FROM ${database.tables[queue]} WHERE instance = ${instance} AND status IN ('pending', 'dead', 'parked')`);
    return row ?? { pending: 0, waitingSeconds: 0, dead: 0, parked: 0 };
  };
  return { outbox: await count('outbox'), inbox: await count('inbox') };
}
