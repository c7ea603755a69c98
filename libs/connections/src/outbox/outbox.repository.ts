import { Injectable } from '@nestjs/common';
import sql, { join, type Sql } from 'sql-template-tag';
import { ConnectionsDatabase } from '../database/connections-database.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { ConnectionEvent } from '../events/index.js';
import type { Owner } from '../values/owner.js';

/** A list of ids in an event's `data` that only the transaction itself can tell: filled in when it runs. */
export interface LateIds {
  /** Name of the list in `data`. */
  readonly name: string;
  /** Selects `id`. */
  readonly query: Sql;
}

/** An event to keep. */
export interface NewMessage {
  readonly event: ConnectionEvent;
  readonly lateIds?: LateIds | undefined;
}

/** A message that this relay holds until its lease ends. */
export interface ClaimedMessage {
  readonly position: string;
  /** Deliveries tried, this one included. */
  readonly deliveries: number;
  readonly event: ConnectionEvent;
}

interface ClaimedRow {
  position: string;
  deliveries: number;
  payload: string;
}

/**
 * Rows of the outbox.
 *
 * @internal
 */
@Injectable()
export class OutboxRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /** Adds messages to a transaction. */
  insertAll(instance: string, messages: readonly NewMessage[], tx: Transaction): void {
    const { outbox } = this.database.tables;
    if (messages.length === 0) {
      return;
    }
    const rows = messages.map(
      ({
        event,
        lateIds,
      }) => sql`(${event.id}, ${instance}, ${event.tenant}, ${event.ownerId}, ${event.type}, ${orderKeyOf(event)},
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
  eraseOwner(instance: string, owner: Owner, tx: Transaction): void {
    const { outbox } = this.database.tables;
    tx.add(
      sql`DELETE FROM ${outbox}
        WHERE instance = ${instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}`,
      'any',
    );
  }

  /**
   * Removes what is over: dead letters and delivered events after `days`, an erased owner's last event at once. Both
   * walk the index of completion, not the table.
   */
  async purge(instance: string, days: number, limit: number): Promise<void> {
    const { outbox } = this.database.tables;
    await this.database.query(
      sql`
      DELETE FROM ${outbox}
      WHERE completed_at > now() - interval '1 day' AND type = 'user.deleted' AND instance = ${instance}`,
      { repeatable: true },
    );
    await this.database.query(
      sql`
      DELETE FROM ${outbox} WHERE position IN (
        SELECT position FROM ${outbox}
        WHERE completed_at < now() - ${days}::int * interval '1 day' AND instance = ${instance}
        ORDER BY completed_at LIMIT ${limit}
      )`,
      { repeatable: true },
    );
  }

  /**
   * Claims messages that are due: at most one per connection, the oldest, skipping what another relay holds. One that
   * came back, or was committed late, waits for the one behind it that is under way.
   *
   * @param leaseToken - fencing token of this claim
   * @see RL-21, RL-22
   */
  async claim(
    instance: string,
    claim: { leaseToken: string; leaseSeconds: number; limit: number },
  ): Promise<readonly ClaimedMessage[]> {
    const { outbox } = this.database.tables;
    const rows = await this.database.query<ClaimedRow>(sql`
      UPDATE ${outbox}
      SET lease_token = ${claim.leaseToken}, deliveries = deliveries + 1,
        leased_until = now() + ${claim.leaseSeconds}::int * interval '1 second'
      WHERE position IN (
        SELECT message.position FROM ${outbox} message
        WHERE message.status = 'pending' AND message.instance = ${instance} AND message.available_at <= now()
          AND (message.leased_until IS NULL OR message.leased_until <= now())
          AND NOT EXISTS (
            SELECT 1 FROM ${outbox} other
            WHERE other.order_key = message.order_key AND other.status = 'pending'
              AND (other.position < message.position
                OR (other.position > message.position AND other.leased_until > now()))
          )
        ORDER BY message.position LIMIT ${claim.limit} FOR UPDATE SKIP LOCKED
      )
      RETURNING position, deliveries, payload`);
    return rows.map(({ position, deliveries, payload }) => ({
      position,
      deliveries,
      event: JSON.parse(payload) as ConnectionEvent,
    }));
  }

  /** Marks messages delivered, if this relay still holds them: a late one cannot mark another's (RL-21). */
  async acknowledge(leaseToken: string, positions: readonly string[]): Promise<void> {
    const { outbox } = this.database.tables;
    await this.database.query(
      sql`
      UPDATE ${outbox} SET status = 'delivered', completed_at = now(), lease_token = NULL, leased_until = NULL
      WHERE position = ANY(${[...positions]}::bigint[]) AND lease_token = ${leaseToken} AND status = 'pending'`,
      { repeatable: true },
    );
  }

  /** Puts a message back for later. */
  async postpone(leaseToken: string, position: string, delayMs: number): Promise<void> {
    const { outbox } = this.database.tables;
    await this.database.query(
      sql`
      UPDATE ${outbox} SET lease_token = NULL, leased_until = NULL,
        available_at = now() + ${delayMs}::int * interval '1 millisecond'
      WHERE position = ${position} AND lease_token = ${leaseToken} AND status = 'pending'`,
      { repeatable: true },
    );
  }

  /** Sets a message aside after too many deliveries, so that those behind it go on (RL-23). */
  async bury(leaseToken: string, position: string): Promise<void> {
    const { outbox } = this.database.tables;
    await this.database.query(
      sql`
      UPDATE ${outbox} SET status = 'dead', completed_at = now(), lease_token = NULL, leased_until = NULL
      WHERE position = ${position} AND lease_token = ${leaseToken} AND status = 'pending'`,
      { repeatable: true },
    );
  }
}

/** Events of one connection stay in order; those of no connection only within their attempt or owner. */
function orderKeyOf(event: ConnectionEvent): string {
  return event.connectionId ?? event.attemptId ?? event.id;
}

function payloadOf(event: ConnectionEvent, late: LateIds | undefined): Sql {
  const payload = JSON.stringify(event);
  return late === undefined
    ? sql`${payload}`
    : sql`jsonb_set(${payload}::jsonb, ${['data', late.name]}::text[],
        (SELECT COALESCE(jsonb_agg(late.id ORDER BY late.id), '[]'::jsonb) FROM (${late.query}) late))::text`;
}
