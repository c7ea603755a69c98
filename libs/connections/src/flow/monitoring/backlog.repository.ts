import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import {
  BACKGROUND,
  ConnectionsDatabase,
  type StatementPolicy,
} from '../../database/connections-database.js';

/** Number of messages up to which a backlog is counted: its cost must not grow with an outage. */
export const MAX_COUNTED = 10_000;

/** Messages that wait, and those that were given up. */
export interface Backlog {
  /** Messages that wait or are being processed, 10 000 at most. */
  readonly depth: number;
  /** Seconds since the oldest was stored that is due or was tried, not of one that was put off; 0 when there is none. */
  readonly ageSeconds: number;
  /** Dead letters, 10 000 at most. */
  readonly dead: number;
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

  async countOutbox(policy: StatementPolicy): Promise<Backlog> {
    const table = this.database.tables.outbox;
    const [storedAt, counter, deadOrder] = [sql`created_at`, sql`deliveries`, sql`position`];
    return this.count({ table, storedAt, counter, deadOrder }, policy);
  }

  async countInbox(policy: StatementPolicy): Promise<Backlog> {
    const table = this.database.tables.inbox;
    const [storedAt, counter, deadOrder] = [sql`received_at`, sql`tries`, sql`instance, status`];
    return this.count({ table, storedAt, counter, deadOrder }, policy);
  }

  /**
   * Reads the index of due messages and that of dead ones, `MAX_COUNTED` rows of each at most. The oldest message is the oldest of
   * those that are due first.
   */
  private async count(
    { table, storedAt, counter, deadOrder }: QueueIndexes,
    policy: StatementPolicy,
  ): Promise<Backlog> {
    const { instance } = this.database;
    const limit = raw(String(MAX_COUNTED));
    const [row] = await this.database.query<BacklogRow>(
      sql`SELECT waiting.depth, waiting.age_seconds, given_up.dead
      FROM (
        SELECT count(*)::int AS depth,
          COALESCE(extract(epoch FROM now() - min(first.stored_at) FILTER (WHERE first.is_late)), 0)::int AS age_seconds
        FROM (
          SELECT ${storedAt} AS stored_at, available_at <= now() OR ${counter} > 0 AS is_late FROM ${table}
          WHERE instance = ${instance} AND status = 'pending' AND ${counter} >= 0
          ORDER BY available_at LIMIT ${limit}
        ) first
      ) waiting, (
        SELECT count(*)::int AS dead FROM (
          SELECT 1 FROM ${table} WHERE instance = ${instance} AND status = 'dead' ORDER BY ${deadOrder} LIMIT ${limit}
        ) ended
      ) given_up`,
      { ...BACKGROUND, ...policy },
    );
    return { depth: row?.depth ?? 0, ageSeconds: row?.age_seconds ?? 0, dead: row?.dead ?? 0 };
  }
}
