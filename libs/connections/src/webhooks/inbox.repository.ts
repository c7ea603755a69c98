import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase } from '../database/connections-database.js';
import { claimByWalk, claimDue, claimOfKey } from '../database/queues/queue-claim.js';
import { leasedFor, type Queue } from '../database/queues/queue-heads.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { ConnectionsErrorCode } from '../errors/index.js';
import type { Owner } from '../values/owner.js';
import { erasureMarkOf } from './inbox-entry.js';
import type { InboxMessage, InboxOutcome, NewInboxMessage, KeptBody } from './inbox-message.js';
import { claimOf, ended, heldBy, messageOf, waiting } from './inbox.rows.js';
import { insertedMark, insertionOf, purges } from './inbox.statements.js';
import type { ClaimedRow, LeaseRequest } from './inbox.rows.js';

export type { LeaseRequest };

/**
 * Rows of the inbox.
 *
 * @internal
 */
@Injectable()
export class InboxRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  private queueOf(): Queue {
    return {
      table: this.database.tables.inbox,
      instance: this.database.instance,
      keyType: 'text',
      counter: 'tries',
    };
  }

  /**
   * Stores a verified webhook once, however often it is delivered (WH-06); of a webhook about an erased user, stores only its
   * arrival. Committed when it returns.
   *
   * @returns false when it was stored already
   */
  async insert(message: NewInboxMessage): Promise<boolean> {
    const rows = await this.database.query(insertionOf(this.database.tables.inbox, message), {
      repeatable: true,
    });
    return rows.length === 1;
  }

  /**
   * Claims the message that has been due for longest: one at most, the oldest of its key, skipping messages that another
   * process holds.
   *
   * @returns the message, and whether nothing else is due; otherwise {@link InboxRepository.claimByWalk} continues
   * @see RL-21, RL-22
   */
  async claim(lease: LeaseRequest): Promise<{ message: InboxMessage | null; complete: boolean }> {
    const statement = claimDue(this.queueOf(), claimOf(lease));
    const [row] = await this.database.query<ClaimedRow & { complete: boolean }>(statement);
    return { message: messageOf(row, lease.leaseToken), complete: row?.complete ?? true };
  }

  /**
   * Claims a message by the order of keys: with a large backlog, every key is served.
   *
   * @param after - key after which to search, or null to begin
   * @returns the message, and the key to continue after; null when every key was visited
   */
  async claimByWalk(
    lease: LeaseRequest,
    after: string | null,
  ): Promise<{ message: InboxMessage | null; after: string | null }> {
    const statement = claimByWalk(this.queueOf(), claimOf(lease), { keys: [], after });
    const [row] = await this.database.query<ClaimedRow & { walked: string | null }>(statement, BACKGROUND);
    return { message: messageOf(row, lease.leaseToken), after: row?.walked ?? null };
  }

  /** Claims the oldest message of one key, if it is due. */
  async claimNextOf(lease: LeaseRequest, orderKey: string): Promise<InboxMessage | null> {
    const statement = claimOfKey(this.queueOf(), claimOf(lease), orderKey);
    const [row] = await this.database.query<ClaimedRow>(statement);
    return messageOf(row, lease.leaseToken);
  }

  /** Extends a lease. @returns false when another process holds the message, or it has ended */
  async extend(message: InboxMessage, leaseSeconds: number): Promise<boolean> {
    const { inbox } = this.database.tables;
    const rows = await this.database.query(
      sql`UPDATE ${inbox} SET ${leasedFor(leaseSeconds)} WHERE ${heldBy(message)} RETURNING position`,
      { repeatable: true },
    );
    return rows.length === 1;
  }

  /** Acknowledges a message, in the transaction of its effect: both or nothing. */
  acknowledge(
    message: InboxMessage,
    end: { outcome: InboxOutcome; owner: Owner | null },
    tx: Transaction,
  ): void {
    const { inbox } = this.database.tables;
    tx.add(
      sql`UPDATE ${inbox}
        SET status = ${end.outcome}, tenant = ${end.owner?.tenant ?? ''},
          ${end.outcome === 'ignored' ? sql`body = NULL, ` : sql``}${end.outcome === 'unconfirmed' ? waiting : ended}
        WHERE ${heldBy(message)}`,
      1,
    );
  }

  /** Releases a message, to be claimed again after a delay. */
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

  /** Ends a message without processing: `parked` when its user was never found, `dead` when every try failed. */
  async fail(message: InboxMessage, status: 'parked' | 'dead', code: ConnectionsErrorCode): Promise<void> {
    const { inbox } = this.database.tables;
    await this.database.query(
      sql`
      UPDATE ${inbox} SET status = ${status}, error_code = ${code}, body = NULL, ${ended}
      WHERE ${heldBy(message)}`,
      { repeatable: true },
    );
  }

  /** Makes the waiting messages of newly confirmed connections pending again, in their order. */
  release(powensConnectionIds: readonly string[], tx: Transaction): void {
    tx.add(
      sql`UPDATE ${this.database.tables.inbox} SET status = 'pending', completed_at = NULL, available_at = now(), tries = 0
        WHERE instance = ${this.database.instance} AND powens_connection_id = ANY(${[...powensConnectionIds]}::text[])
          AND status = 'unconfirmed'`,
      'any',
    );
  }

  /** As {@link InboxRepository.release}, for all messages that started to wait during the confirmation of their connection. */
  async releaseConfirmed(): Promise<void> {
    const { instance } = this.database;
    const { inbox, connection } = this.database.tables;
    // OFFSET 0 keeps the lookup from becoming a join, which may read the whole table of connections.
    await this.database.query(
      sql`
      UPDATE ${inbox} message SET status = 'pending', completed_at = NULL, available_at = now(), tries = 0
      WHERE message.instance = ${instance} AND message.status = 'unconfirmed' AND EXISTS (
        SELECT 1 FROM ${connection} kept
        WHERE kept.instance = ${instance} AND kept.powens_connection_id = message.powens_connection_id
          AND kept.status = 'active' OFFSET 0
      )`,
      BACKGROUND,
    );
  }

  /** Ends the messages of an unconfirmed connection, and deletes their content: only the rows stay, as marks of the arrival. */
  discard(powensConnectionId: string, tx: Transaction): void {
    tx.add(
      sql`UPDATE ${this.database.tables.inbox} SET status = 'ignored', body = NULL, summary = NULL
        WHERE instance = ${this.database.instance} AND powens_connection_id = ${powensConnectionId} AND status = 'unconfirmed'`,
      'any',
    );
  }

  /**
   * Whether Powens reported that a connection of this user was deleted: later reports of the connection are outdated (WH-09). A
   * message counts once it is processed, and never for another user's connection: a bearer token authenticates one user only.
   */
  async wasDeleted(powensConnectionId: string, powensUserId: string): Promise<boolean> {
    const { inbox } = this.database.tables;
    const rows = await this.database.query(sql`
      SELECT 1 FROM ${inbox}
      WHERE instance = ${this.database.instance} AND powens_connection_id = ${powensConnectionId} AND event = 'CONNECTION_DELETED'
        AND status = 'processed' AND (powens_user_id = ${powensUserId} OR powens_user_id IS NULL)
      LIMIT 1`);
    return rows.length === 1;
  }

  /** Reads a stored body; null after its retention. */
  async findBody(position: string): Promise<KeptBody | null> {
    const { inbox } = this.database.tables;
    const [row] = await this.database.query<{
      powens_user_id: string | null;
      body: Buffer | null;
      encoding: 'identity' | 'gzip';
    }>(sql`
      SELECT powens_user_id, body, encoding FROM ${inbox} WHERE position = ${position} AND instance = ${this.database.instance}`);
    return row === undefined || row.body === null
      ? null
      : { powensUserId: row.powens_user_id, body: row.body, encoding: row.encoding };
  }

  /** Deletes all messages of a Powens user and its connections, and inserts a mark of the erasure: webhooks may arrive late. */
  eraseUser(user: { userId: string; powensUserId: string | null }, tx: Transaction): void {
    const { instance } = this.database;
    const { inbox, connection } = this.database.tables;
    tx.add(
      sql`DELETE FROM ${inbox} WHERE instance = ${instance} AND powens_user_id = ${user.powensUserId}`,
      'any',
    );
    tx.add(
      sql`DELETE FROM ${inbox} message USING ${connection} kept
        WHERE kept.user_id = ${user.userId} AND message.instance = ${instance}
          AND message.powens_connection_id = kept.powens_connection_id`,
      'any',
    );
    const mark = erasureMarkOf(instance, user.powensUserId);
    if (mark !== '') {
      tx.add(insertedMark(inbox, instance, mark), 'any');
    }
  }

  /**
   * Removes bodies after `days.body`, and rows after `days.row`, up to `limit` of each; both walk the index of arrival.
   *
   * @returns how many bodies and rows were removed: 0 when there are no more
   */
  async purge(days: { body: number; row: number }, limit: number): Promise<number> {
    const { inbox } = this.database.tables;
    let removed = 0;
    for (const statement of purges(inbox, this.database.instance, days, limit)) {
      const rows = await this.database.query(statement, { ...BACKGROUND, repeatable: true });
      removed += rows.length;
    }
    return removed;
  }
}
