import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import sql, { type Sql } from 'sql-template-tag';
import {
  ConnectionsDatabase,
  type DatabaseSession,
  type StatementPolicy,
} from '../../database/connections-database.js';
import type { Transaction } from '../../database/unit-of-work.js';
import {
  LOSS_COLUMNS,
  lossOf,
  type Loss,
  type LossEvidence,
  type LossLimit,
  type LossRow,
  type LossSubject,
} from './loss.js';

/** Open losses: Powens may still find their subject again. */
const OPEN = sql`status IN ('suspected', 'held', 'granted')`;

/**
 * Losses, from the first check that did not find something to their end. Single statements decide on two agreeing checks, and
 * on one limit for all replicas.
 *
 * @internal
 */
@Injectable()
export class LossRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /**
   * Records a check that did not find something. The first one only creates the loss; a loss that ended starts again.
   *
   * @returns the loss, and whether this check confirms an earlier one that is at least `confirmAfterHours` old; null when its
   *   subject is not in use here
   */
  async note(
    noted: { subject: LossSubject; subjectId: string; userId: string; evidence: LossEvidence },
    confirmAfterHours: number,
  ): Promise<{ readonly loss: Loss; readonly isConfirmed: boolean } | null> {
    const { loss } = this.database.tables;
    const isSame = sql`known.status IN ('suspected', 'held', 'granted')
      AND known.token_digest IS NOT DISTINCT FROM EXCLUDED.token_digest`;
    const [row] = await this.database.query<LossRow & { confirmed: boolean }>(sql`
      INSERT INTO ${loss} AS known (
        id, instance, subject, subject_id, user_id, evidence, status, weight, token_digest, first_seen_at, last_seen_at
      )
      ${this.seen(noted)}
      ON CONFLICT (instance, subject, subject_id) DO UPDATE SET
        last_seen_at = now(), evidence = EXCLUDED.evidence, weight = EXCLUDED.weight, token_digest = EXCLUDED.token_digest,
        user_id = EXCLUDED.user_id,
        first_seen_at = CASE WHEN ${isSame} THEN known.first_seen_at ELSE now() END,
        status = CASE WHEN ${isSame} THEN known.status ELSE 'suspected' END,
        held_at = CASE WHEN ${isSame} THEN known.held_at END,
        approved_at = CASE WHEN ${isSame} THEN known.approved_at END,
        ended_at = NULL
      RETURNING ${LOSS_COLUMNS}, first_seen_at < now() - ${confirmAfterHours}::float8 * interval '1 hour' AS confirmed`);
    return row === undefined ? null : { loss: lossOf(row), isConfirmed: row.confirmed };
  }

  /**
   * Counts a confirmed loss against the limit, or holds it: decided under a lock that all processes share, so that no two of
   * them use the same capacity. While one loss is held, every other is held, too.
   *
   * @returns the new status, and whether this loss is the first that is held; null when it ended
   */
  async grant(
    id: string,
    limit: LossLimit,
  ): Promise<{ readonly status: 'granted' | 'held'; readonly isFirstHeld: boolean } | null> {
    return this.alone(async (session) => {
      const [row] = await session.run<{ status: 'granted' | 'held'; first: boolean }>(
        this.grantOf(id, limit),
      );
      return row === undefined
        ? null
        : { status: row.status, isFirstHeld: row.status === 'held' && row.first };
    });
  }

  /** Ends the losses of subjects that Powens found again. */
  async contradict(subjectIds: readonly string[]): Promise<void> {
    const { loss } = this.database.tables;
    if (subjectIds.length > 0) {
      await this.database.query(sql`
        UPDATE ${loss} SET status = 'recovered', ended_at = now()
        WHERE instance = ${this.database.instance} AND subject_id = ANY(${[...subjectIds]}::uuid[]) AND status <> 'recovered'`);
    }
  }

  /** Finds the open losses of a Powens user, its token and its connections. */
  async findOpenOf(userId: string): Promise<readonly Loss[]> {
    return this.select(sql`user_id = ${userId} AND ${OPEN}`);
  }

  /** Finds open losses, oldest first. */
  async findOpen(limit: number): Promise<readonly Loss[]> {
    return this.select(
      sql`instance = ${this.database.instance} AND ${OPEN} ORDER BY first_seen_at, id LIMIT ${limit}`,
    );
  }

  /** Counts open losses by status. */
  async count(policy: StatementPolicy = {}): Promise<{ readonly suspected: number; readonly held: number }> {
    const { loss } = this.database.tables;
    const [row] = await this.database.query<{ suspected: number; held: number }>(
      sql`SELECT count(*) FILTER (WHERE status = 'suspected')::int AS suspected,
        count(*) FILTER (WHERE status = 'held')::int AS held
      FROM ${loss} WHERE instance = ${this.database.instance} AND status IN ('suspected', 'held')`,
      policy,
    );
    return row ?? { suspected: 0, held: 0 };
  }

  /**
   * Grants held losses that a person reviewed. They do not count against the limit.
   *
   * @param ids - only these; null for all
   */
  async approve(ids: readonly string[] | null): Promise<readonly Loss[]> {
    const { loss } = this.database.tables;
    const which = ids === null ? sql`true` : sql`id = ANY(${[...ids]}::uuid[])`;
    const rows = await this.database.query<LossRow>(sql`
      UPDATE ${loss} SET status = 'granted', granted_at = now(), approved_at = now()
      WHERE instance = ${this.database.instance} AND ${which}
        AND (status = 'held' OR (status = 'granted' AND approved_at IS NOT NULL))
      RETURNING ${LOSS_COLUMNS}`);
    return rows.map(lossOf);
  }

  /** Ends a granted loss, in the transaction that applies it. Exactly one transaction succeeds. */
  apply(loss: Loss, tx: Transaction): void {
    tx.add(
      sql`UPDATE ${this.database.tables.loss} SET status = 'applied', ended_at = now()
        WHERE id = ${loss.id} AND status = 'granted'`,
      1,
    );
  }

  private seen(noted: {
    subject: LossSubject;
    subjectId: string;
    userId: string;
    evidence: LossEvidence;
  }): Sql {
    const { instance } = this.database;
    const { user, connection } = this.database.tables;
    const { subject, subjectId, userId, evidence } = noted;
    const id = uuidv7();
    if (subject === 'connection') {
      return sql`SELECT ${id}::uuid, ${instance}::varchar, 'connection', id, user_id, ${evidence}::varchar, 'suspected', 1, NULL, now(), now()
        FROM ${connection} WHERE id = ${subjectId} AND status IN ('active', 'unconfirmed')`;
    }
    // Another token is another loss. Key rotation gives the same token another envelope, which starts the loss again.
    const digest = subject === 'token' ? sql`md5(sealed_token)` : sql`NULL`;
    const statuses = subject === 'token' ? sql`status = 'active'` : sql`status IN ('active', 'revoked')`;
    return sql`SELECT ${id}::uuid, ${instance}::varchar, ${subject}::varchar, id, id, ${evidence}::varchar, 'suspected',
        GREATEST(1, (SELECT count(*)::int FROM ${connection} WHERE user_id = ${userId} AND status = 'active')), ${digest}, now(), now()
      FROM ${user} WHERE id = ${userId} AND ${statuses}`;
  }

  /** The connections are counted only where the absolute limit is reached: counting reads them all. */
  private grantOf(id: string, { maxPerDay, maxPercentPerDay }: LossLimit): Sql {
    const { instance } = this.database;
    const { loss, connection } = this.database.tables;
    return sql`
      WITH taken AS (
        SELECT COALESCE(sum(weight), 0) AS weight FROM ${loss}
        WHERE instance = ${instance} AND granted_at > now() - interval '1 day' AND approved_at IS NULL AND id <> ${id}
      ), stop AS (
        SELECT EXISTS (SELECT 1 FROM ${loss} WHERE instance = ${instance} AND status = 'held' AND id <> ${id}) AS stopped
      ), verdict AS (
        SELECT stop.stopped, NOT stop.stopped AND (
          taken.weight + one.weight <= ${maxPerDay}::float8
          OR taken.weight + one.weight <= floor(${maxPercentPerDay}::float8 / 100 * (
            SELECT count(*) FROM ${connection}
            WHERE instance = ${instance} AND (status = 'active' OR (status = 'gone' AND remove_at IS NOT NULL))))
          ) AS fits
        FROM taken, stop, ${loss} one WHERE one.id = ${id}
      )
      UPDATE ${loss} SET
        status = CASE WHEN verdict.fits THEN 'granted' ELSE 'held' END,
        granted_at = CASE WHEN verdict.fits THEN now() ELSE granted_at END,
        held_at = CASE WHEN verdict.fits THEN NULL ELSE COALESCE(held_at, now()) END
      FROM verdict
      WHERE id = ${id} AND ${loss}.status IN ('suspected', 'held')
      RETURNING ${loss}.status, NOT verdict.stopped AS first`;
  }

  private async select(where: Sql): Promise<readonly Loss[]> {
    const rows = await this.database.query<LossRow>(sql`
      SELECT ${LOSS_COLUMNS} FROM ${this.database.tables.loss} WHERE ${where}`);
    return rows.map(lossOf);
  }

  /** The lock is a statement of its own: in the same statement, the snapshot would be older than the lock. */
  private async alone<T>(run: (session: DatabaseSession) => Promise<T>): Promise<T> {
    return this.database.withSession(async (session) => {
      await session.run(sql`BEGIN ISOLATION LEVEL READ COMMITTED`);
      try {
        await session.run(
          sql`SELECT pg_advisory_xact_lock(hashtextextended(${`powens losses ${this.database.instance}`}::text, 0))`,
        );
        const result = await run(session);
        await session.run(sql`COMMIT`);
        return result;
      } catch (error) {
        // A lost link rolls back by itself; the first error is the one to report.
        await session.run(sql`ROLLBACK`).catch(() => []);
        throw error;
      }
    });
  }
}
