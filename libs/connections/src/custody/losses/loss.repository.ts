import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import {
  BACKGROUND,
  ConnectionsDatabase,
  type StatementPolicy,
} from '../../database/connections-database.js';
import type { Transaction } from '../../database/unit-of-work.js';
import { findPowensUsers, type PowensUserState } from '../powens-user.rows.js';
import { LOSS_COLUMNS, lossOf, type Loss, type LossLimit, type LossRow } from './loss.js';
import { endObsolete, grantOf, removeEnded, seenLoss, type NotedLoss } from './loss.statements.js';

/** No process holds the lease of the row. */
const FREE = sql`(lease_token IS NULL OR leased_until <= now())`;

/** Open losses: Powens may still find their subject again. */
const OPEN = sql`status IN ('suspected', 'held', 'granted')`;

/**
 * Losses, from the first check that did not find something to their end, and the rows of Powens users that Powens no longer finds,
 * or whose token it refuses: nothing of them is deleted before its retention ends. Single statements decide on two agreeing checks, and
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
    noted: NotedLoss,
    confirmAfterHours: number,
  ): Promise<{ readonly loss: Loss; readonly isConfirmed: boolean } | null> {
    const { loss } = this.database.tables;
    const isSame = sql`known.status IN ('suspected', 'held', 'granted')
      AND known.token_digest IS NOT DISTINCT FROM EXCLUDED.token_digest`;
    const [row] = await this.database.query<LossRow & { confirmed: boolean }>(sql`
      INSERT INTO ${loss} AS known (
        id, instance, subject, subject_id, user_id, evidence, status, weight, token_digest, first_seen_at, last_seen_at
      )
      ${seenLoss(this.database, noted)}
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
    return this.database.exclusively({ name: 'losses', wait: true }, async (session) => {
      const [row] = await session.run<{ status: 'granted' | 'held'; first: boolean }>(
        grantOf(this.database, id, limit),
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

  /** Finds a Powens user by the id of its row, whatever its status. */
  async findUser(userId: string): Promise<PowensUserState | null> {
    const [user] = await findPowensUsers(this.database, sql`id = ${userId}`);
    return user ?? null;
  }

  /** Takes a Powens user and its connections out of use, and keeps all data. */
  lose(userId: string, rememberDays: number, tx: Transaction): void {
    const { user, connection } = this.database.tables;
    tx.add(
      sql`UPDATE ${user}
        SET status = 'lost', status_reason = 'user_gone', lease_token = NULL, leased_until = NULL, updated_at = now()
        WHERE id = ${userId} AND status IN ('active', 'revoked') AND ${FREE}`,
      1,
    );
    tx.add(
      sql`UPDATE ${connection}
        SET status = 'gone', removal_reason = 'user_gone', revision = revision + 1,
          remove_at = now() + ${rememberDays}::float8 * interval '1 day'
        WHERE user_id = ${userId} AND status = 'active'`,
      'any',
    );
    tx.add(sql`DELETE FROM ${connection} WHERE user_id = ${userId} AND status = 'unconfirmed'`, 'any');
  }

  /** Takes a token out of use and keeps its ciphertext, unless another token replaced it. */
  revokeRefused(userId: string, tokenDigest: string | null, tx: Transaction): void {
    const { user } = this.database.tables;
    tx.add(
      sql`UPDATE ${user}
        SET status = 'revoked', status_reason = 'token_lost', lease_token = NULL, leased_until = NULL, updated_at = now()
        WHERE id = ${userId} AND status = 'active' AND md5(sealed_token) = ${tokenDigest} AND ${FREE}`,
      1,
    );
  }

  /**
   * Takes a Powens user whose token works into use again.
   *
   * @param sealedToken - the token that works
   * @returns false when it was in use, or changed meanwhile
   */
  async revive(userId: string, sealedToken: string): Promise<boolean> {
    const { user } = this.database.tables;
    const rows = await this.database.query(sql`
      UPDATE ${user} SET status = 'active', status_reason = NULL, updated_at = now()
      WHERE id = ${userId} AND sealed_token = ${sealedToken} AND ${FREE}
        AND (status = 'lost' OR (status = 'revoked' AND status_reason = 'token_lost'))
      RETURNING id`);
    return rows.length === 1;
  }

  /** Finds lost Powens users whose retention ended. */
  async findForgotten(rememberDays: number, limit: number): Promise<readonly string[]> {
    const { user, loss } = this.database.tables;
    const rows = await this.database.query<{ id: string }>(
      sql`
      SELECT id FROM ${user} WHERE status = 'lost' AND id = ANY(ARRAY(
        SELECT user_id FROM ${loss}
        WHERE instance = ${this.database.instance} AND subject = 'user' AND status = 'applied'
          AND ended_at <= now() - ${rememberDays}::float8 * interval '1 day'
      )) LIMIT ${limit}`,
      BACKGROUND,
    );
    return rows.map(({ id }) => id);
  }

  /** Deletes the ciphertexts of refused tokens whose retention ended. The Powens user id stays: a renewal needs it. */
  async dropRefused(rememberDays: number): Promise<void> {
    const { instance } = this.database;
    const { user, loss } = this.database.tables;
    const due = sql`instance = ${instance} AND status = 'revoked' AND status_reason = 'token_lost'
      AND sealed_token IS NOT NULL AND ${FREE} AND id = ANY(ARRAY(
        SELECT user_id FROM ${loss}
        WHERE instance = ${instance} AND subject = 'token' AND status = 'applied'
          AND ended_at <= now() - ${rememberDays}::float8 * interval '1 day'
      ))`;
    // Every run of the sweeper calls this, and rarely is a row due: a read costs less than a statement that may write.
    const look = sql`SELECT 1 FROM ${user} WHERE ${due} LIMIT 1`;
    if ((await this.database.query(look, BACKGROUND)).length > 0) {
      await this.database.query(
        sql`UPDATE ${user} SET sealed_token = NULL, updated_at = now() WHERE ${due}`,
        BACKGROUND,
      );
    }
  }

  /** Ends losses whose subject is no longer in use, and removes ended losses after their retention. */
  async tidy(rememberDays: number): Promise<void> {
    await this.database.query(endObsolete(this.database), BACKGROUND);
    await this.database.query(removeEnded(this.database, rememberDays), BACKGROUND);
  }

  private async select(where: Sql): Promise<readonly Loss[]> {
    const rows = await this.database.query<LossRow>(sql`
      SELECT ${LOSS_COLUMNS} FROM ${this.database.tables.loss} WHERE ${where}`);
    return rows.map(lossOf);
  }
}
