import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { ConnectionsDatabase } from '../database/connections-database.js';
import { epochMs, type EpochMs } from '../database/sql.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { ConnectionsErrorCode } from '../errors/index.js';
import type { Owner } from '../values/owner.js';
import { erasureMarkOf } from './inbox-entry.js';
import type { InboxMessage, InboxOutcome, NewInboxMessage } from './inbox-message.js';
import type { PowensWebhookEvent } from './webhook-events.js';
import type { WebhookSummary } from './webhook-summary.js';

interface ClaimedRow {
  position: string;
  event: PowensWebhookEvent;
  order_key: string;
  powens_user_id: string | null;
  powens_connection_id: string | null;
  summary: string | null;
  has_body: boolean;
  tries: number;
  age_ms: EpochMs;
}

/**
 * Rows of the inbox.
 *
 * @internal
 */
@Injectable()
export class InboxRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /**
   * Keeps a verified webhook, once, however often it is delivered (WH-06); of one about an erased user only that it came.
   * Committed when it returns.
   *
   * @returns false when it was known already
   */
  async insert(message: NewInboxMessage): Promise<boolean> {
    const { inbox } = this.database.tables;
    const mark = erasureMarkOf(message.instance, message.powensUserId);
    const rows = await this.database.query(
      sql`
      INSERT INTO ${inbox} (
        instance, tenant, event, dedupe_key, order_key, powens_user_id, powens_connection_id, summary, body, encoding,
        status, tries, received_at, available_at
      )
      SELECT ${message.instance}, '', ${message.event}, ${message.dedupeKey},
        CASE WHEN erased THEN ${message.dedupeKey} ELSE ${message.orderKey} END,
        CASE WHEN erased THEN NULL ELSE ${message.powensUserId}::text END,
        CASE WHEN erased THEN NULL ELSE ${message.powensConnectionId}::text END,
        CASE WHEN erased THEN NULL ELSE ${JSON.stringify(message.summary)}::text END,
        CASE WHEN erased THEN NULL ELSE ${message.body?.bytes ?? null}::bytea END,
        ${message.body?.encoding ?? 'identity'}, CASE WHEN erased THEN 'ignored' ELSE 'pending' END, 0, now(), now()
      FROM (
        SELECT EXISTS (
          SELECT 1 FROM ${inbox} mark WHERE mark.instance = ${message.instance} AND mark.dedupe_key = ${mark}
        ) AS erased
      ) known ON CONFLICT (instance, dedupe_key) DO NOTHING RETURNING position`,
      { repeatable: true },
    );
    return rows.length === 1;
  }

  /**
   * Claims the message that has been due for longest: one at most, the oldest of its key, skipping what another process
   * holds. Being held and waiting look alike to others, so that the index of what is due leads past both.
   *
   * @param claim.orderKey - looks at the messages of one key only
   * @see RL-21, RL-22
   */
  async claim(
    instance: string,
    claim: { leaseToken: string; leaseSeconds: number; orderKey?: string },
  ): Promise<InboxMessage | null> {
    const { inbox } = this.database.tables;
    const ofKey = claim.orderKey === undefined ? sql`` : sql`AND message.order_key = ${claim.orderKey}`;
    const leased = sql`now() + ${claim.leaseSeconds}::int * interval '1 second'`;
    const [row] = await this.database.query<ClaimedRow>(sql`
      UPDATE ${inbox}
      SET lease_token = ${claim.leaseToken}, tries = tries + 1, leased_until = ${leased}, available_at = ${leased}
      WHERE position IN (
        SELECT message.position FROM ${inbox} message
        WHERE message.instance = ${instance} AND message.status = 'pending' AND message.available_at <= now() ${ofKey}
          AND message.position = (
            SELECT earliest.position FROM ${inbox} earliest
            WHERE earliest.instance = message.instance AND earliest.order_key = message.order_key
              AND earliest.status = 'pending'
            ORDER BY earliest.position LIMIT 1
          )
        ORDER BY message.available_at LIMIT 1 FOR UPDATE SKIP LOCKED
      )
      RETURNING position, event, order_key, powens_user_id, powens_connection_id, summary, body IS NOT NULL AS has_body,
        tries, ${epochMs(sql`now() - received_at`)} AS age_ms`);
    return row === undefined ? null : messageOf(row, claim.leaseToken);
  }

  /** Ends a message, in the transaction that wrote what it was about: both or nothing. */
  settle(message: InboxMessage, end: { outcome: InboxOutcome; owner: Owner | null }, tx: Transaction): void {
    const { inbox } = this.database.tables;
    tx.add(
      sql`UPDATE ${inbox}
        SET status = ${end.outcome}, tenant = ${end.owner?.tenant ?? ''},
          ${end.outcome === 'ignored' ? sql`body = NULL, ` : sql``}${over}
        WHERE ${heldBy(message)}`,
      1,
    );
  }

  /** Puts a message back for later. */
  async postpone(message: InboxMessage, delayMs: number, counts: boolean): Promise<void> {
    const { inbox } = this.database.tables;
    await this.database.query(
      sql`
      UPDATE ${inbox} SET lease_token = NULL, leased_until = NULL, tries = tries - ${counts ? 0 : 1}::int,
        available_at = now() + ${delayMs}::int * interval '1 millisecond'
      WHERE ${heldBy(message)}`,
      { repeatable: true },
    );
  }

  /** Sets a message aside: `parked` when nobody it belongs to was found, `dead` when it cannot be processed. */
  async setAside(
    message: InboxMessage,
    status: 'parked' | 'dead',
    code: ConnectionsErrorCode,
  ): Promise<void> {
    const { inbox } = this.database.tables;
    await this.database.query(
      sql`
      UPDATE ${inbox} SET status = ${status}, error_code = ${code}, body = NULL, ${over}
      WHERE ${heldBy(message)}`,
      { repeatable: true },
    );
  }

  /** Whether Powens told that a connection was deleted: what it tells of it afterwards is older (WH-09). */
  async wasDeleted(instance: string, powensConnectionId: string): Promise<boolean> {
    const { inbox } = this.database.tables;
    const rows = await this.database.query(sql`
      SELECT 1 FROM ${inbox}
      WHERE instance = ${instance} AND powens_connection_id = ${powensConnectionId} AND event = 'CONNECTION_DELETED'
      LIMIT 1`);
    return rows.length === 1;
  }

  /** Reads a body that is still kept; null once it is not. */
  async findBody(
    instance: string,
    position: string,
  ): Promise<{ powensUserId: string | null; body: Buffer; encoding: 'identity' | 'gzip' } | null> {
    const { inbox } = this.database.tables;
    const [row] = await this.database.query<{
      powens_user_id: string | null;
      body: Buffer | null;
      encoding: 'identity' | 'gzip';
    }>(sql`
      SELECT powens_user_id, body, encoding FROM ${inbox} WHERE position = ${position} AND instance = ${instance}`);
    return row === undefined || row.body === null
      ? null
      : { powensUserId: row.powens_user_id, body: row.body, encoding: row.encoding };
  }

  /** Removes everything about a Powens user and its connections, and remembers that it did: a webhook may come late. */
  eraseUser(instance: string, user: { userId: string; powensUserId: string | null }, tx: Transaction): void {
    const { inbox, connection } = this.database.tables;
    tx.add(
      sql`DELETE FROM ${inbox}
        WHERE instance = ${instance} AND (
          powens_user_id = ${user.powensUserId} OR powens_connection_id IN (
            SELECT powens_connection_id FROM ${connection} WHERE user_id = ${user.userId}
          )
        )`,
      'any',
    );
    const mark = erasureMarkOf(instance, user.powensUserId);
    if (mark !== '') {
      tx.add(
        sql`INSERT INTO ${inbox} (
          instance, tenant, event, dedupe_key, order_key, encoding, status, tries, received_at, available_at, completed_at
        ) VALUES (
          ${instance}, '', 'USER_DELETED', ${mark}, ${mark}, 'identity', 'processed', 0, now(), now(), now()
        ) ON CONFLICT (instance, dedupe_key) DO NOTHING`,
        'any',
      );
    }
  }

  /** Removes bodies after `bodyDays`, and rows after `rowDays`; both walk the index of arrival. */
  async purge(instance: string, days: { body: number; row: number }, limit: number): Promise<void> {
    const { inbox } = this.database.tables;
    await this.database.query(
      sql`
      UPDATE ${inbox} SET body = NULL WHERE position IN (
        SELECT position FROM ${inbox}
        WHERE instance = ${instance} AND received_at < ${daysAgo(days.body)} AND body IS NOT NULL AND status <> 'pending'
        ORDER BY received_at LIMIT ${limit}
      )`,
      { repeatable: true },
    );
    await this.database.query(
      sql`
      DELETE FROM ${inbox} WHERE position IN (
        SELECT position FROM ${inbox}
        WHERE instance = ${instance} AND received_at < ${daysAgo(days.row)} AND status <> 'pending'
        ORDER BY received_at LIMIT ${limit}
      )`,
      { repeatable: true },
    );
  }
}

/** The summary is read once. What stays behind the end of a message is its body, while that is kept. */
const over = sql`completed_at = now(), lease_token = NULL, leased_until = NULL, summary = NULL`;

function heldBy({ position, leaseToken }: InboxMessage): Sql {
  return sql`position = ${position} AND lease_token = ${leaseToken} AND status = 'pending'`;
}

function daysAgo(days: number): Sql {
  return sql`now() - ${days}::int * interval '1 day'`;
}

function messageOf(row: ClaimedRow, leaseToken: string): InboxMessage {
  return {
    position: row.position,
    event: row.event,
    orderKey: row.order_key,
    powensUserId: row.powens_user_id,
    powensConnectionId: row.powens_connection_id,
    summary: row.summary === null ? null : (JSON.parse(row.summary) as WebhookSummary | null),
    hasBody: row.has_body,
    leaseToken,
    tries: row.tries,
    ageSeconds: Number(row.age_ms) / 1000,
  };
}
