import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import {
  BACKGROUND,
  ConnectionsDatabase,
  type DatabaseSession,
} from '../../database/connections-database.js';
import {
  accountOf,
  POWENS_USER_COLUMNS,
  type PowensUserRow,
  type PowensUserState,
} from '../../custody/powens-user.rows.js';

/** An account whose turn it is to be compared with Powens. */
export interface ScheduledComparison {
  readonly state: PowensUserState;
  /** Whether it is the oldest account of the instance: what is done once per interval goes with it. */
  readonly oldest: boolean;
}

/** How often, and how fast. */
export interface RateLimit {
  readonly intervalSeconds: number;
  /** Milliseconds between two turns, of all processes together. */
  readonly stepMs: number;
}

interface TurnRow extends PowensUserRow {
  oldest: boolean;
}

/** Those in use, and those that Powens lost: what is found again is in use again. Indexes hold no other. */
const COMPARED = sql`status IN ('active', 'lost', 'revoked')`;

/** Rows that one look gives a time to: an upgrade may find a million without. */
const BATCH = 1000;

/**
 * Whose turn it is: kept in the rows alone, so that any number of processes share one plan and one pace.
 *
 * @see RL-24
 * @internal
 */
@Injectable()
export class ReconciliationSchedule {
  constructor(private readonly database: ConnectionsDatabase) {}

  /**
   * Spreads what has no time yet over a whole interval: no storm after an upgrade, and no call right after a first
   * connection.
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
   * Takes the next turn, and with it plans the one after, a tenth early or late. Whoever dies with it loses that one
   * comparison.
   *
   * @returns null when nothing is due, or the last turn of anybody is not long enough ago
   */
  async claim(pace: RateLimit): Promise<ScheduledComparison | null> {
    const { instance } = this.database;
    const { user } = this.database.tables;
    const rows = await this.alone(async (session) =>
      session.run<TurnRow>(
        sql`
        UPDATE ${user} AS taken SET reconciled_at = now(), reconcile_at = ${nextTurn(pace.intervalSeconds)}
        WHERE id = (
          SELECT id FROM ${user}
          WHERE instance = ${instance} AND ${COMPARED} AND reconcile_at <= now()
            AND NOT EXISTS (
              SELECT 1 FROM ${user} recent
              WHERE recent.instance = ${instance}
                AND recent.reconciled_at > now() - ${pace.stepMs}::int * interval '1 millisecond'
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
    return row === undefined ? null : turnOf(row);
  }

  /** Notes that an account is compared out of turn: it counts for the pace, and need not be compared again soon. */
  async note(userId: string, intervalSeconds: number): Promise<void> {
    const { user } = this.database.tables;
    await this.database.query(sql`
      UPDATE ${user} SET reconciled_at = now(), reconcile_at = ${nextTurn(intervalSeconds)} WHERE id = ${userId}`);
  }

  /** Gives a turn back for later, because Powens is away or had enough of us. */
  async reschedule(userId: string, seconds: number): Promise<void> {
    const { user } = this.database.tables;
    await this.database.query(sql`
      UPDATE ${user} SET reconcile_at = now() + ${seconds}::int * interval '1 second'
      WHERE id = ${userId} AND ${COMPARED}`);
  }

  /**
   * Nobody takes a turn for so long: a last turn that lies ahead holds every process back, as one of just now does.
   *
   * @param userId - whose turn it was
   */
  async pauseAll(userId: string, seconds: number): Promise<void> {
    const { user } = this.database.tables;
    await this.database.query(sql`
      UPDATE ${user} SET reconciled_at = now() + ${seconds}::int * interval '1 second' WHERE id = ${userId}`);
  }

  /** Makes it every account's turn. @returns how many there are */
  async makeAllDue(): Promise<number> {
    const { user } = this.database.tables;
    const [row] = await this.database.query<{ count: number }>(sql`
      WITH due AS (
        UPDATE ${user} SET reconcile_at = now() WHERE instance = ${this.database.instance} AND ${COMPARED} RETURNING 1
      )
      SELECT count(*)::int AS count FROM due`);
    return row?.count ?? 0;
  }

  /** Counts the accounts whose turn it is. */
  async countDue(): Promise<number> {
    const { user } = this.database.tables;
    const [row] = await this.database.query<{ count: number }>(sql`
      SELECT count(*)::int AS count FROM ${user}
      WHERE instance = ${this.database.instance} AND ${COMPARED} AND reconcile_at <= now()`);
    return row?.count ?? 0;
  }

  /**
   * Runs one statement while no other process does. The lock is a statement of its own: in the same one, the rows would
   * be read as they were before the lock was had, and two processes could both find the last turn long ago. It is only
   * tried: who does not get it looks again later.
   */
  private async alone<T>(run: (session: DatabaseSession) => Promise<T>): Promise<T | null> {
    return this.database.withSession(async (session) => {
      await session.run(sql`BEGIN`);
      try {
        const [lock] = await session.run<{ mine: boolean }>(sql`
          SELECT pg_try_advisory_xact_lock(hashtextextended(${`powens reconciliation ${this.database.instance}`}::text, 0)) AS mine`);
        const result = lock?.mine === true ? await run(session) : null;
        await session.run(sql`COMMIT`);
        return result;
      } catch (error) {
        // A link that is gone has rolled back by itself; the first error is the one that tells.
        await session.run(sql`ROLLBACK`).catch(() => []);
        throw error;
      }
    });
  }
}

function nextTurn(intervalSeconds: number): Sql {
  return sql`now() + (0.9 + 0.2 * random()) * ${intervalSeconds}::int * interval '1 second'`;
}

function turnOf(row: TurnRow): ScheduledComparison {
  return { state: accountOf(row), oldest: row.oldest };
}
