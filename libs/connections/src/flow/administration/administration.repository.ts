import { Injectable } from '@nestjs/common';
import sql, { join, type Sql } from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase } from '../../database/connections-database.js';
import { epochMs } from '../../database/sql.js';
import type { Retentions } from '../sweeper/retention.service.js';
import type { Owner } from '../../values/owner.js';
import {
  attemptRecordOf,
  connectionRecordOf,
  failedWebhookOf,
  userRecordOf,
  type AttemptRecordRow,
  type ConnectionRecordRow,
  type FailedWebhookRow,
  type UserRecordRow,
} from './administration.rows.js';
import type { FailedWebhook, UserRecord, UserSearch } from './administration.types.js';

/** A search whose owner was read. */
export type KnownSearch = Omit<UserSearch, 'owner'> & { readonly owner?: Owner };

const CONNECTIONS = 50;
const ATTEMPTS = 10;

/**
 * Reads the rows of all owners for operators. No statement reads a token, a code or the content of a webhook.
 *
 * @internal
 */
@Injectable()
export class AdministrationRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /** Finds Powens users after an id, with their connections and attempts. */
  async findUsers(
    search: KnownSearch,
    page: { after: string; limit: number },
  ): Promise<readonly UserRecord[]> {
    const { user } = this.database.tables;
    const users = await this.database.query<UserRecordRow>(
      sql`SELECT id, tenant, owner_id, powens_user_id, status, status_reason, key_id,
          ${epochMs(sql`created_at`)} AS created_ms, ${epochMs(sql`reconciled_at`)} AS reconciled_ms
        FROM ${user} known
        WHERE instance = ${this.database.instance} AND id > ${page.after}::uuid ${this.matching(search)}
        ORDER BY id LIMIT ${page.limit}`,
      BACKGROUND,
    );
    const ids = users.map(({ id }) => id);
    const connections = await this.findConnections(ids);
    const attempts = await this.findAttempts(ids);
    return users.map((row) =>
      userRecordOf(
        row,
        connections.filter((one) => one.user_id === row.id).map(connectionRecordOf),
        attempts.filter((one) => one.user_id === row.id).map(attemptRecordOf),
      ),
    );
  }

  /** Lists webhooks that were given up, after a position, in the order of their arrival. */
  async findFailedWebhooks(page: { after: string; limit: number }): Promise<readonly FailedWebhook[]> {
    const { inbox } = this.database.tables;
    const rows = await this.database.query<FailedWebhookRow>(
      sql`SELECT position, event, status, error_code, powens_user_id, powens_connection_id, tries,
          ${epochMs(sql`received_at`)} AS received_ms
        FROM ${inbox}
        WHERE instance = ${this.database.instance} AND status IN ('parked', 'dead') AND position > ${page.after}::bigint
        ORDER BY position LIMIT ${page.limit}`,
      BACKGROUND,
    );
    return rows.map(failedWebhookOf);
  }

  /**
   * Ends a webhook that was given up as ignored. Its row stays for the retention: the same delivery must not count as new.
   *
   * @returns false when there is no such webhook
   */
  async ignoreWebhook(position: string): Promise<boolean> {
    const { inbox } = this.database.tables;
    const rows = await this.database.query(sql`
      UPDATE ${inbox} SET status = 'ignored'
      WHERE position = ${position}::bigint AND instance = ${this.database.instance} AND status IN ('parked', 'dead')
      RETURNING position`);
    return rows.length === 1;
  }

  /** Counts what a purge would remove. */
  async countOld(attempts: number, { events, webhooks, bodies }: Retentions): Promise<number> {
    const { attempt, outbox, inbox } = this.database.tables;
    const own = sql`instance = ${this.database.instance}`;
    const [row] = await this.database.query<{ total: string }>(
      sql`SELECT
          (SELECT count(*) FROM ${attempt} WHERE ${own} AND expires_at < ${daysAgo(attempts)} AND status <> 'claimed')
        + (SELECT count(*) FROM ${outbox} WHERE ${own} AND completed_at < ${daysAgo(events)})
        + (SELECT count(*) FROM ${inbox} WHERE ${own} AND received_at < ${daysAgo(webhooks)} AND status <> 'pending')
        + (SELECT count(*) FROM ${inbox}
            WHERE ${own} AND received_at < ${daysAgo(bodies)} AND body IS NOT NULL AND status <> 'pending') AS total`,
      BACKGROUND,
    );
    return Number(row?.total ?? 0);
  }

  private matching(search: KnownSearch): Sql {
    const { connection, attempt } = this.database.tables;
    const { owner, powensUserId, connectionId, powensConnectionId, attemptId } = search;
    const { instance } = this.database;
    const conditions = [
      owner && sql`tenant = ${owner.tenant} AND owner_id = ${owner.id}`,
      powensUserId !== undefined && sql`powens_user_id = ${powensUserId}`,
      connectionId !== undefined &&
        sql`id IN (SELECT user_id FROM ${connection} WHERE id = ${connectionId}::uuid AND instance = ${instance})`,
      powensConnectionId !== undefined &&
        sql`id IN (SELECT user_id FROM ${connection}
          WHERE powens_connection_id = ${powensConnectionId} AND instance = ${instance})`,
      attemptId !== undefined &&
        sql`(tenant, owner_id) IN (SELECT tenant, owner_id FROM ${attempt}
          WHERE id = ${attemptId}::uuid AND instance = ${instance})`,
    ].filter((condition) => typeof condition === 'object');
    return conditions.length === 0 ? sql`` : sql`AND ${join(conditions, ' AND ')}`;
  }

  private async findConnections(userIds: readonly string[]): Promise<readonly ConnectionRecordRow[]> {
    const { connection } = this.database.tables;
    return this.database.query<ConnectionRecordRow>(
      sql`SELECT newest.* FROM unnest(${[...userIds]}::uuid[]) known (id) CROSS JOIN LATERAL (
          SELECT user_id, id, powens_connection_id, status, state, connector_name,
            ${epochMs(sql`created_at`)} AS created_ms, ${epochMs(sql`last_synced_at`)} AS last_synced_ms
          FROM ${connection} WHERE user_id = known.id ORDER BY created_at DESC, id LIMIT ${CONNECTIONS}
        ) newest`,
      BACKGROUND,
    );
  }

  private async findAttempts(userIds: readonly string[]): Promise<readonly AttemptRecordRow[]> {
    const { user, attempt } = this.database.tables;
    return this.database.query<AttemptRecordRow>(
      sql`SELECT known.id AS user_id, newest.* FROM ${user} known CROSS JOIN LATERAL (
          SELECT id, flow, status, error_code,
            ${epochMs(sql`created_at`)} AS created_ms, ${epochMs(sql`completed_at`)} AS completed_ms
          FROM ${attempt}
          WHERE instance = known.instance AND tenant = known.tenant AND owner_id = known.owner_id
          ORDER BY created_at DESC, id LIMIT ${ATTEMPTS}
        ) newest
        WHERE known.id = ANY(${[...userIds]}::uuid[])`,
      BACKGROUND,
    );
  }
}

function daysAgo(days: number): Sql {
  return sql`now() - ${days}::int * interval '1 day'`;
}
