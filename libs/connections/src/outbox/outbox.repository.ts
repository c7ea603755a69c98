import { Injectable } from '@nestjs/common';
import sql, { join } from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase } from '../database/connections-database.js';
import { claimByWalk, claimDue } from '../database/queues/queue-claim.js';
import { leasedFor, type Queue, STILL_PENDING } from '../database/queues/queue-heads.js';
import { daysAgo, epochMs } from '../database/sql.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { Owner } from '../values/owner.js';
import { insertMessages, stamped } from './append-events.js';
import {
  type AppendedEvents,
  type AppendLease,
  type ClaimedMessage,
  type ClaimedRow,
  claimOf,
  type ClaimRequest,
  type DeadLetterRow,
  deliveredToColumn,
  type DeliveredMessage,
  type EventToAppend,
  IS_DEAD,
  type Lease,
  messagesOf,
  type PlacedLetter,
  placedLetterOf,
} from './outbox.rows.js';

export type { ClaimedMessage, DeadLetter, EventToAppend, PlacedLetter } from './outbox.rows.js';

/**
 * Rows of the outbox.
 *
 * @internal
 */
@Injectable()
export class OutboxRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  private queueOf(): Queue {
    return {
      table: this.database.tables.outbox,
      instance: this.database.instance,
      keyType: 'uuid',
      counter: 'deliveries',
    };
  }

  /**
   * Appends events to the transaction that they report. They are delivered after it is committed, at least once, in order
   * per connection.
   *
   * @param lease - of this process, for the first event of each new connection; null leaves all of them to the relays
   * @see RL-03, RL-20
   */
  append(
    events: readonly EventToAppend[],
    tx: Transaction,
    lease: AppendLease | null = null,
  ): AppendedEvents {
    return insertMessages(this.database, stamped(events, this.database.instance), tx, lease);
  }

  /** Removes all messages of an owner. */
  eraseOwner(owner: Owner, tx: Transaction): void {
    tx.add(
      sql`DELETE FROM ${this.database.tables.outbox}
        WHERE instance = ${this.database.instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}`,
      'any',
    );
  }

  /**
   * Removes completed messages: dead letters and delivered events after `days`, an erased owner's last event at once. Both
   * statements read the index of completion, not the table.
   * Gives how many were removed of the former: 0 when there are no more.
   */
  async purge(days: number, limit: number): Promise<number> {
    const { instance } = this.database;
    const { outbox } = this.database.tables;
    await this.database.query(
      sql`
      DELETE FROM ${outbox}
      WHERE completed_at > now() - interval '1 day' AND type = 'user.deleted' AND instance = ${instance}`,
      { repeatable: true },
    );
    const rows = await this.database.query(
      sql`
      DELETE FROM ${outbox} WHERE position = ANY(ARRAY(
        SELECT position FROM ${outbox}
        WHERE completed_at < ${daysAgo(days)} AND instance = ${instance}
        ORDER BY completed_at LIMIT ${limit}
      )) RETURNING 1`,
      { ...BACKGROUND, repeatable: true },
    );
    return rows.length;
  }

  /**
   * Claims messages that are due: at most one per connection, the oldest, skipping those that another relay holds.
   * A replayed message, or one that was committed late, waits for the later one that is being delivered.
   *
   * @returns the claimed messages, and whether nothing else is due: otherwise {@link OutboxRepository.claimByWalk} continues
   * @see RL-21, RL-22
   */
  async claim(claim: ClaimRequest): Promise<{ messages: ClaimedMessage[]; complete: boolean }> {
    const statement = claimDue(this.queueOf(), claimOf(claim));
    const rows = await this.database.query<ClaimedRow & { complete: boolean }>(statement, BACKGROUND);
    return { messages: messagesOf(rows), complete: rows[0]?.complete ?? true };
  }

  /**
   * Claims messages of some connections, and of the next ones in the order of their ids: with many waiting messages, every
   * connection is still reached.
   *
   * @param walk - `keys`: connections to check first; `after`: where the walk continues, null to start
   * @returns the claimed messages, and where to continue; null when every connection was reached
   */
  async claimByWalk(
    claim: ClaimRequest,
    walk: { keys: readonly string[]; after: string | null },
  ): Promise<{ messages: ClaimedMessage[]; after: string | null }> {
    const statement = claimByWalk(this.queueOf(), claimOf(claim), walk);
    const rows = await this.database.query<ClaimedRow & { walked: string | null }>(statement, BACKGROUND);
    const messages = messagesOf(rows);
    // The limit ended the step before its last key: the next one starts after the last claimed message.
    const last = messages
      .map(({ orderKey }) => orderKey)
      .filter((key) => !walk.keys.includes(key))
      .sort()
      .at(-1);
    const isCut = messages.length >= claim.limit;
    return { messages, after: isCut ? (last ?? walk.after) : (rows[0]?.walked ?? null) };
  }

  /** Extends leases that this relay still holds. */
  async extend(leases: readonly Lease[], leaseSeconds: number): Promise<void> {
    await this.database.query(
      sql`
      UPDATE ${this.database.tables.outbox} SET ${leasedFor(leaseSeconds)}
      WHERE position = ANY(${leases.map(({ position }) => position)}::bigint[])
        AND lease_token = ANY(${[...new Set(leases.map(({ leaseToken }) => leaseToken))]}::uuid[]) AND ${STILL_PENDING}`,
      { ...BACKGROUND, repeatable: true },
    );
  }

  /**
   * Marks messages delivered. A relay that lost the lease of a message cannot mark it (RL-21).
   *
   * @returns the keys, of those given, with another message that waits
   */
  async acknowledge(delivered: readonly DeliveredMessage[]): Promise<readonly string[]> {
    const { outbox } = this.database.tables;
    const columns = [
      sql`${delivered.map(({ position }) => position)}::bigint[]`,
      sql`${delivered.map(({ leaseToken }) => leaseToken)}::uuid[]`,
      sql`${delivered.map(({ orderKey }) => orderKey ?? null)}::uuid[]`,
    ];
    // The bounds on `order_key` are not an equality, as in a claim: only the index by key and position has this order.
    const rows = await this.database.query<{ order_key: string }>(
      sql`
      WITH held AS (SELECT * FROM unnest(${join(columns)}) AS held (position, lease_token, order_key)),
      stored AS (
        UPDATE ${outbox} m SET status = 'delivered', completed_at = now(), lease_token = NULL, leased_until = NULL
        FROM held WHERE m.position = held.position AND m.lease_token = held.lease_token AND m.${STILL_PENDING}
      )
      SELECT held.order_key FROM held CROSS JOIN LATERAL (
        SELECT 1 FROM ${outbox} m
        WHERE m.instance = ${this.database.instance} AND m.order_key >= held.order_key AND m.order_key <= held.order_key
          AND m.status = 'pending' AND m.position <> held.position
        ORDER BY m.order_key, m.position LIMIT 1
      ) next`,
      { ...BACKGROUND, repeatable: true },
    );
    return rows.map(({ order_key: key }) => key);
  }

  /**
   * Reschedules a message.
   *
   * @param deliveredTo - who has completed it, and is left out of the next delivery (RL-27)
   * @param delivery - `uncounted`: as if it had not been claimed, for a delivery that proves nothing about the message
   */
  async postpone(
    { leaseToken, position }: Lease,
    delayMs: number,
    deliveredTo: ReadonlySet<string>,
    delivery: 'counted' | 'uncounted' = 'counted',
  ): Promise<void> {
    const { outbox } = this.database.tables;
    const counted = delivery === 'counted' ? 0 : 1;
    await this.database.query(
      sql`
      UPDATE ${outbox} SET lease_token = NULL, leased_until = NULL,
        available_at = now() + ${delayMs}::int * interval '1 millisecond',
        delivered_to = ${deliveredToColumn(deliveredTo)},
        deliveries = GREATEST(0, deliveries - ${counted}::int)
      WHERE position = ${position} AND lease_token = ${leaseToken} AND ${STILL_PENDING}`,
      { repeatable: true },
    );
  }

  /** Makes a message a dead letter after too many deliveries, so that later ones are delivered (RL-23). */
  async deadLetter({ leaseToken, position }: Lease, deliveredTo: ReadonlySet<string>): Promise<void> {
    await this.database.query(
      sql`
      UPDATE ${this.database.tables.outbox} SET status = 'dead', completed_at = now(), lease_token = NULL, leased_until = NULL,
        delivered_to = ${deliveredToColumn(deliveredTo)}
      WHERE position = ${position} AND lease_token = ${leaseToken} AND ${STILL_PENDING}`,
      { repeatable: true },
    );
  }

  /** Lists dead letters after a position, in the order in which they were appended. */
  async findDeadLetters(page: { after: string; limit: number }): Promise<readonly PlacedLetter[]> {
    const { outbox } = this.database.tables;
    const rows = await this.database.query<DeadLetterRow>(sql`
      SELECT position, deliveries, payload, ${epochMs(sql`completed_at`)} AS completed_ms FROM ${outbox}
      WHERE status = 'dead' AND position > ${page.after}::bigint AND instance = ${this.database.instance}
      ORDER BY position LIMIT ${page.limit}`);
    return rows.map(placedLetterOf);
  }

  /**
   * Returns a dead letter to its position in the order of its connection, with all of its tries. It is delivered to those that have
   * not completed it. It is due one second later, so that a concurrent claim of another relay is committed and visible before.
   *
   * @returns false when there is no such dead letter
   * @see RL-22
   */
  async reviveDeadLetter(eventId: string): Promise<boolean> {
    const { outbox } = this.database.tables;
    const rows = await this.database.query(sql`
      UPDATE ${outbox} SET status = 'pending', deliveries = 0, completed_at = NULL,
        available_at = now() + interval '1 second'
      WHERE id = ${eventId} AND instance = ${this.database.instance} AND ${IS_DEAD} RETURNING id`);
    return rows.length === 1;
  }

  /** Removes a dead letter. @returns false when there is no such dead letter */
  async removeDeadLetter(eventId: string): Promise<boolean> {
    const rows = await this.database.query(sql`
      DELETE FROM ${this.database.tables.outbox}
      WHERE id = ${eventId} AND instance = ${this.database.instance} AND ${IS_DEAD} RETURNING id`);
    return rows.length === 1;
  }
}
