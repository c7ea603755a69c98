import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase } from '../../database/connections-database.js';
import { inSeconds } from '../../database/sql.js';
import {
  powensUserOf,
  POWENS_USER_COLUMNS,
  type PowensUserRow,
  type PowensUserState,
} from '../../custody/powens-user.rows.js';

/** A Powens user that is due for a comparison. */
export interface ScheduledComparison {
  readonly state: PowensUserState;
  /** Whether it is the oldest Powens user of the instance: work that is due once per interval runs with it. */
  readonly oldest: boolean;
}

/** Interval and rate of comparisons. */
export interface RateLimit {
  readonly intervalSeconds: number;
  /** Milliseconds between two comparisons, over all processes. */
  readonly stepMs: number;
}

type ScheduledRow = PowensUserRow & { readonly oldest: boolean };

/** Users in use, and lost ones, which may be found again. The indexes hold no others. */
const COMPARED = sql`status IN ('active', 'lost', 'revoked')`;

/** Rows that one statement schedules: an upgrade may find a million without a time. */
const BATCH = 1000;

/**
 * Schedule of the comparisons. It is kept in the rows alone, so that any number of processes share one schedule and one rate limit.
 *
 * @see RL-24
 * @internal
 */
@Injectable()
export class ReconciliationSchedule {
  constructor(private readonly database: ConnectionsDatabase) {}

  /**
   * Schedules users without a time, spread over a whole interval: this avoids a burst after an upgrade, and a call right after a
   * first connection.
   */
  async scheduleMissing(intervalSeconds: number): Promise<void> {
    const { user } = this.database.tables;
    await this.database.query(
      sql`
      UPDATE ${user} SET reconcile_at = now() + random() * ${intervalSeconds}::int * interval '1 second'
      WHERE id = ANY(ARRAY(
        SELECT id FROM ${user} WHERE instance = ${this.database.instance} AND ${COMPARED} AND reconcile_at IS NULL
        LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
      ))`,
      BACKGROUND,
    );
  }

  /**
   * Claims the user that is due, and schedules its next comparison, with a jitter of a tenth. A process that dies after the claim
   * loses only this comparison.
   *
   * @returns null when nothing is due, or the rate limit does not allow a comparison yet
   */
  async claim(limit: RateLimit): Promise<ScheduledComparison | null> {
    const { instance } = this.database;
    const { user } = this.database.tables;
    // The lock is only tried: a process that does not get it polls again later. Without it, two could both pass the rate limit.
    const rows = await this.database.exclusively({ name: 'reconciliation', wait: false }, async (session) =>
      session.run<ScheduledRow>(
        sql`
        UPDATE ${user} AS taken SET reconciled_at = now(), reconcile_at = ${nextRun(limit.intervalSeconds)}
        WHERE id = (
          SELECT id FROM ${user}
          WHERE instance = ${instance} AND ${COMPARED} AND reconcile_at <= now()
            AND NOT EXISTS (
              SELECT 1 FROM ${user} recent
              WHERE recent.instance = ${instance}
                AND recent.reconciled_at > now() - ${limit.stepMs}::int * interval '1 millisecond'
            )
          ORDER BY reconcile_at LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        RETURNING ${POWENS_USER_COLUMNS}, NOT EXISTS (
          SELECT 1 FROM ${user} older
          WHERE older.instance = ${instance} AND older.${COMPARED} AND older.id < taken.id OFFSET 0
        ) AS oldest`,
        BACKGROUND,
      ),
    );
    const [row] = rows ?? [];
    return row === undefined ? null : scheduledOf(row);
  }

  /** Records a comparison outside the schedule: it counts for the rate limit, and the next one is due an interval later. */
  async recordRun(userId: string, intervalSeconds: number): Promise<void> {
    const { user } = this.database.tables;
    await this.database.query(sql`
      UPDATE ${user} SET reconciled_at = now(), reconcile_at = ${nextRun(intervalSeconds)} WHERE id = ${userId}`);
  }

  /** Schedules a user again, because Powens is unavailable or limits the rate. */
  async reschedule(userId: string, seconds: number): Promise<void> {
    const { user } = this.database.tables;
    await this.database.query(sql`
      UPDATE ${user} SET reconcile_at = ${inSeconds(seconds)}
      WHERE id = ${userId} AND ${COMPARED}`);
  }

  /**
   * Pauses the comparisons of all processes: a last comparison in the future delays each of them, as a recent one does.
   *
   * @param userId - row of the user that was compared last
   */
  async pauseAll(userId: string, seconds: number): Promise<void> {
    const { user } = this.database.tables;
    await this.database.query(sql`
      UPDATE ${user} SET reconciled_at = ${inSeconds(seconds)} WHERE id = ${userId}`);
  }

  /** Makes every Powens user due. @returns how many there are */
  async makeAllDue(): Promise<number> {
    const { user } = this.database.tables;
    const [row] = await this.database.query<{ count: number }>(sql`
      WITH due AS (
        UPDATE ${user} SET reconcile_at = now() WHERE instance = ${this.database.instance} AND ${COMPARED} RETURNING 1
      )
      SELECT count(*)::int AS count FROM due`);
    return row?.count ?? 0;
  }

  /** Counts the Powens users that are due. */
  async countDue(): Promise<number> {
    const { user } = this.database.tables;
    const [row] = await this.database.query<{ count: number }>(sql`
      SELECT count(*)::int AS count FROM ${user}
      WHERE instance = ${this.database.instance} AND ${COMPARED} AND reconcile_at <= now()`);
    return row?.count ?? 0;
  }
}

function nextRun(intervalSeconds: number): Sql {
  return sql`now() + (0.9 + 0.2 * random()) * ${intervalSeconds}::int * interval '1 second'`;
}

function scheduledOf(row: ScheduledRow): ScheduledComparison {
  return { state: powensUserOf(row), oldest: row.oldest };
}
