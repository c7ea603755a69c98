import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase } from '../../database/connections-database.js';
import type { Transaction } from '../../database/unit-of-work.js';
import {
  POWENS_USER_COLUMNS,
  powensUserOf,
  type PowensUserRow,
  type PowensUserState,
} from '../powens-user.rows.js';

/** No process holds the lease of the row. */
const FREE = sql`(lease_token IS NULL OR leased_until <= now())`;

/**
 * Rows of Powens users that Powens no longer finds, or whose token it refuses. Nothing is deleted before its retention ends.
 *
 * @internal
 */
@Injectable()
export class LostUserRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /** Finds a Powens user by the id of its row, whatever its status. */
  async find(userId: string): Promise<PowensUserState | null> {
    const { user } = this.database.tables;
    const [row] = await this.database.query<PowensUserRow>(sql`
      SELECT ${POWENS_USER_COLUMNS} FROM ${user} WHERE id = ${userId}`);
    return row === undefined ? null : powensUserOf(row);
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

  /**
   * Ends losses whose subject is no longer in use, and removes ended losses after their retention. The loss of a user stays
   * until the user is forgotten: without it, nothing would find the row.
   */
  async tidy(rememberDays: number): Promise<void> {
    const { instance } = this.database;
    const { user, loss, connection } = this.database.tables;
    // OFFSET 0 keeps the lookups from becoming joins, which may read whole tables for the few losses that are open.
    await this.database.query(
      sql`
      UPDATE ${loss} known SET status = 'recovered', ended_at = now()
      WHERE known.instance = ${instance} AND known.status IN ('suspected', 'held', 'granted') AND NOT EXISTS (
        SELECT 1 FROM ${connection} kept
        WHERE known.subject = 'connection' AND kept.id = known.subject_id AND kept.status IN ('active', 'unconfirmed')
        OFFSET 0
      ) AND NOT EXISTS (
        SELECT 1 FROM ${user} kept
        WHERE known.subject <> 'connection' AND kept.id = known.subject_id
          AND (kept.status = 'active' OR (kept.status = 'revoked' AND known.subject = 'user'))
        OFFSET 0
      )`,
      BACKGROUND,
    );
    await this.database.query(
      sql`
      DELETE FROM ${loss} known WHERE known.instance = ${instance} AND known.status IN ('applied', 'recovered')
        AND known.ended_at <= now() - GREATEST(1, ${rememberDays}::float8 + 1) * interval '1 day'
        AND NOT EXISTS (SELECT 1 FROM ${user} kept WHERE kept.id = known.user_id AND kept.status = 'lost' OFFSET 0)`,
      BACKGROUND,
    );
  }
}
