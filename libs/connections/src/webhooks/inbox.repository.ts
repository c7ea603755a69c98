import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { ConnectionsDatabase } from '../database/connections-database.js';
import { epochMs, type EpochMs } from '../database/sql.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { ConnectionsErrorCode } from '../errors/index.js';
import type { Owner } from '../values/owner.js';
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
   * Keeps a verified webhook, once, however often it is delivered (WH-06). Committed when it returns.
   *
   * @returns false when it was known already
   */
  async insert(message: NewInboxMessage): Promise<boolean> {
    const { inbox } = this.database.tables;
    const rows = await this.database.query(
      sql`
      INSERT INTO ${inbox} (
        instance, tenant, event, dedupe_key, order_key, powens_user_id, powens_connection_id, summary, body, encoding,
        status, tries, received_at, available_at
      ) VALUES (
        ${message.instance}, '', ${message.event}, ${message.dedupeKey}, ${message.orderKey}, ${message.powensUserId},
        ${message.powensConnectionId}, ${JSON.stringify(message.summary)}, ${message.body?.bytes ?? null},
        ${message.body?.encoding ?? 'identity'}, 'pending', 0, now(), now()
      ) ON CONFLICT (instance, dedupe_key) DO NOTHING RETURNING position`,
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
        SET status = ${end.outcome}, tenant = ${end.owner?.tenant ?? ''}, ${over}
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
      UPDATE ${inbox} SET status = ${status}, error_code = ${code}, ${over} WHERE ${heldBy(message)}`,
      { repeatable: true },
    );
  }

  /** Puts the messages of connections that are confirmed from now on back into their order. */
  release(instance: string, powensConnectionIds: readonly string[], tx: Transaction): void {
    tx.add(
      sql`UPDATE ${this.database.tables.inbox} SET status = 'pending', completed_at = NULL, available_at = now(), tries = 0
        WHERE instance = ${instance} AND powens_connection_id = ANY(${[...powensConnectionIds]}::text[])
          AND status = 'unconfirmed'`,
      'any',
    );
  }

  /** As {@link InboxRepository.release}, of all that were put aside in the moment of their confirmation. */
  async releaseConfirmed(instance: string): Promise<void> {
    const { inbox, connection } = this.database.tables;
    await this.database.query(sql`
      UPDATE ${inbox} message SET status = 'pending', completed_at = NULL, available_at = now(), tries = 0
      WHERE message.instance = ${instance} AND message.status = 'unconfirmed' AND EXISTS (
        SELECT 1 FROM ${connection} kept
        WHERE kept.instance = ${instance} AND kept.powens_connection_id = message.powens_connection_id
          AND kept.status = 'active'
      )`);
  }

  /** Ends the messages of a connection that nobody confirmed: nothing of them is kept but that they were here. */
  discard(instance: string, powensConnectionId: string, tx: Transaction): void {
    tx.add(
      sql`UPDATE ${this.database.tables.inbox} SET status = 'ignored', body = NULL, summary = NULL
        WHERE instance = ${instance} AND powens_connection_id = ${powensConnectionId} AND status = 'unconfirmed'`,
      'any',
    );
  }

  /**
   * Whether Powens reported that a connection of this user was deleted: what it reports of it afterwards is older (WH-09). A message
   * counts once it is processed, and never for another user's connection: with bearer tokens, each user signs for their own alone.
   */
  async wasDeleted(instance: string, powensConnectionId: string, powensUserId: string): Promise<boolean> {
    const { inbox } = this.database.tables;
    const rows = await this.database.query(sql`
      SELECT 1 FROM ${inbox}
      WHERE instance = ${instance} AND powens_connection_id = ${powensConnectionId} AND event = 'CONNECTION_DELETED'
        AND status = 'processed' AND (powens_user_id = ${powensUserId} OR powens_user_id IS NULL)
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

  /** Removes everything that tells of a Powens user and its connections. */
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

const over = sql`completed_at = now(), lease_token = NULL, leased_until = NULL`;

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
