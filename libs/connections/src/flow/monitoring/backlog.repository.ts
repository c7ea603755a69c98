import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import {
  BACKGROUND,
  ConnectionsDatabase,
  type StatementPolicy,
} from '../../database/connections-database.js';

/** Messages that wait, and those that were given up, up to the number that is asked for. */
export interface Backlog {
  /** Messages that wait or are being processed. */
  readonly depth: number;
  /** Seconds since the oldest was stored that is due or was tried, not of one that was put off; 0 when there is none. */
  readonly ageSeconds: number;
  /** Dead letters. */
  readonly dead: number;
}

/** How much is counted: the cost must not grow with an outage. */
export interface Extent {
  /** Number of messages up to which is counted. */
  readonly most: number;
  /** Whether dead letters are counted, too; none otherwise. */
  readonly dead: boolean;
}

interface BacklogRow {
  depth: number;
  age_seconds: number;
  dead: number;
}

/** Columns of the indexes of a queue. */
interface QueueIndexes {
  readonly table: Sql;
  readonly storedAt: Sql;
  /** In the predicate of the index of due messages. */
  readonly counter: Sql;
  /** The order of the index of dead messages. */
  readonly deadOrder: Sql;
}

/**
 * Counts what waits in the queues.
 *
 * @internal
 */
@Injectable()
export class BacklogRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  async countOutbox(extent: Extent, policy: StatementPolicy): Promise<Backlog> {
    const table = this.database.tables.outbox;
    const [storedAt, counter, deadOrder] = [sql`created_at`, sql`deliveries`, sql`position`];
    return this.count({ table, storedAt, counter, deadOrder }, extent, policy);
  }

  async countInbox(extent: Extent, policy: StatementPolicy): Promise<Backlog> {
    const table = this.database.tables.inbox;
    const [storedAt, counter, deadOrder] = [sql`received_at`, sql`tries`, sql`instance, status`];
    return this.count({ table, storedAt, counter, deadOrder }, extent, policy);
  }

  /**
   * Reads the index of due messages and that of dead ones, `most` rows of each. The oldest message is the oldest of those that are
   * due first.
   */
  private async count(
    { table, storedAt, counter, deadOrder }: QueueIndexes,
    { most, dead }: Extent,
    policy: StatementPolicy,
  ): Promise<Backlog> {
    const { instance } = this.database;
    const limit = raw(String(most));
    const deadLetters = sql`SELECT count(*)::int FROM (
        SELECT 1 FROM ${table} WHERE instance = ${instance} AND status = 'dead' ORDER BY ${deadOrder} LIMIT ${limit}
      ) ended`;
    const [row] = await this.database.query<BacklogRow>(
      sql`SELECT count(*)::int AS depth,
        COALESCE(extract(epoch FROM now() - min(first.stored_at) FILTER (WHERE first.is_late)), 0)::int AS age_seconds,
        ${dead ? sql`(${deadLetters})` : sql`0`} AS dead
      FROM (
        SELECT ${storedAt} AS stored_at, available_at <= now() OR ${counter} > 0 AS is_late FROM ${table}
        WHERE instance = ${instance} AND status = 'pending' AND ${counter} >= 0
        ORDER BY available_at LIMIT ${limit}
      ) first`,
      { ...BACKGROUND, ...policy },
    );
    return { depth: row?.depth ?? 0, ageSeconds: row?.age_seconds ?? 0, dead: row?.dead ?? 0 };
  }
}
