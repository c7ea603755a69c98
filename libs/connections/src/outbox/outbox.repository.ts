import { Injectable } from '@nestjs/common';
import sql, { join } from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase } from '../database/connections-database.js';
import { claimByWalk, claimDue, STILL_PENDING, type Queue } from '../database/queue-claim.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { Owner } from '../values/owner.js';
import {
  claimOf,
  leasedFor,
  messagesOf,
  orderKeyOf,
  payloadOf,
  type ClaimedMessage,
  type ClaimedRow,
  type ClaimRequest,
  type Lease,
  type NewMessage,
} from './outbox.rows.js';

export type { ClaimedMessage, LateIds, NewMessage } from './outbox.rows.js';

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

  /** Adds messages to a transaction. */
  insertAll(messages: readonly NewMessage[], tx: Transaction): void {
    const { outbox } = this.database.tables;
    if (messages.length === 0) {
      return;
    }
    const rows = messages.map(
      ({
        event,
        lateIds,
      }) => sql`(${event.id}, ${this.database.instance}, ${event.tenant}, ${event.ownerId}, ${event.type}, ${orderKeyOf(event)},
        ${payloadOf(event, lateIds)}, 'pending', 0, now(), now())`,
    );
    tx.add(
      sql`INSERT INTO ${outbox} (
          id, instance, tenant, owner_id, type, order_key, payload, status, deliveries, created_at, available_at
        ) VALUES ${join(rows)}`,
      messages.length,
    );
  }

  /** Removes everything that tells of an owner. */
  eraseOwner(owner: Owner, tx: Transaction): void {
    const { outbox } = this.database.tables;
    tx.add(
      sql`DELETE FROM ${outbox}
        WHERE instance = ${this.database.instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}`,
      'any',
    );
  }

  /**
   * Removes what is over: dead letters and delivered events after `days`, an erased owner's last event at once. Both
   * walk the index of completion, not the table.
   */
  async purge(days: number, limit: number): Promise<void> {
    const { instance } = this.database;
    const { outbox } = this.database.tables;
    await this.database.query(
      sql`
      DELETE FROM ${outbox}
      WHERE completed_at > now() - interval '1 day' AND type = 'user.deleted' AND instance = ${instance}`,
      { repeatable: true },
    );
    await this.database.query(
      sql`
      DELETE FROM ${outbox} WHERE position = ANY(ARRAY(
        SELECT position FROM ${outbox}
        WHERE completed_at < now() - ${days}::int * interval '1 day' AND instance = ${instance}
        ORDER BY completed_at LIMIT ${limit}
      ))`,
      { ...BACKGROUND, repeatable: true },
    );
  }

  /**
   * Claims messages that are due: at most one per connection, the oldest, skipping what another relay holds. One that
   * came back, or was committed late, waits for the one behind it that is under way.
   *
   * @returns what was claimed, and whether nothing else is due: without, {@link OutboxRepository.claimByWalk} goes on
   * @see RL-21, RL-22
   */
  async claim(claim: ClaimRequest): Promise<{ messages: ClaimedMessage[]; complete: boolean }> {
    const statement = claimDue(this.queueOf(), claimOf(claim));
    const rows = await this.database.query<ClaimedRow & { complete: boolean }>(statement, BACKGROUND);
    return { messages: messagesOf(rows), complete: rows[0]?.complete ?? true };
  }

  /**
   * Claims messages of some connections, and of the next ones in the order of their ids: where much waits, every connection
   * has its turn.
   *
   * @param walk - `keys`: connections to look at first; `after`: where the walk goes on, null to begin
   * @returns what was claimed, and where to go on; null when every connection had its turn
   */
  async claimByWalk(
    claim: ClaimRequest,
    walk: { keys: readonly string[]; after: string | null },
  ): Promise<{ messages: ClaimedMessage[]; after: string | null }> {
    const statement = claimByWalk(this.queueOf(), claimOf(claim), walk);
    const rows = await this.database.query<ClaimedRow & { walked: string | null }>(statement, BACKGROUND);
    const messages = messagesOf(rows);
    // The limit ended the step before its last key: the next one begins behind what was claimed.
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
    const { outbox } = this.database.tables;
    await this.database.query(
      sql`
      UPDATE ${outbox} SET ${leasedFor(leaseSeconds)}
      WHERE position = ANY(${leases.map(({ position }) => position)}::bigint[])
        AND lease_token = ANY(${[...new Set(leases.map(({ leaseToken }) => leaseToken))]}::uuid[]) AND ${STILL_PENDING}`,
      { ...BACKGROUND, repeatable: true },
    );
  }

  /** Marks messages delivered, if this relay still holds them: a late one cannot mark another's (RL-21). */
  async acknowledge(leaseToken: string, positions: readonly string[]): Promise<void> {
    const { outbox } = this.database.tables;
    await this.database.query(
      sql`
      UPDATE ${outbox} SET status = 'delivered', completed_at = now(), lease_token = NULL, leased_until = NULL
      WHERE position = ANY(${[...positions]}::bigint[]) AND lease_token = ${leaseToken} AND ${STILL_PENDING}`,
      { ...BACKGROUND, repeatable: true },
    );
  }

  /** Puts a message back for later. */
  async postpone(leaseToken: string, position: string, delayMs: number): Promise<void> {
    const { outbox } = this.database.tables;
    await this.database.query(
      sql`
      UPDATE ${outbox} SET lease_token = NULL, leased_until = NULL,
        available_at = now() + ${delayMs}::int * interval '1 millisecond'
      WHERE position = ${position} AND lease_token = ${leaseToken} AND ${STILL_PENDING}`,
      { repeatable: true },
    );
  }

  /** Sets a message aside after too many deliveries, so that those behind it go on (RL-23). */
  async bury(leaseToken: string, position: string): Promise<void> {
    const { outbox } = this.database.tables;
    await this.database.query(
      sql`
      UPDATE ${outbox} SET status = 'dead', completed_at = now(), lease_token = NULL, leased_until = NULL
      WHERE position = ${position} AND lease_token = ${leaseToken} AND ${STILL_PENDING}`,
      { repeatable: true },
    );
  }
}
