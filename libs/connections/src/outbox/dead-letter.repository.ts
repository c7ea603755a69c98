import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { ConnectionsDatabase } from '../database/connections-database.js';
import { epochMs, timeOf, type EpochMs } from '../database/sql.js';
import type { ConnectionEvent } from '../events/index.js';

/**
 * An event that no handler accepted within `outbox.maxTries` deliveries.
 *
 * @public
 */
export interface DeadLetter {
  /** The event as handlers received it. */
  readonly event: ConnectionEvent;
  /** Number of failed deliveries. */
  readonly deliveries: number;
  /** Time of the last failed delivery, after which it became a dead letter. */
  readonly deadLetteredAt: Date;
}

/** A dead letter and its place in the outbox. */
export interface PlacedLetter {
  readonly position: string;
  readonly letter: DeadLetter;
}

interface DeadRow {
  position: string;
  deliveries: number;
  payload: string;
  completed_ms: EpochMs;
}

/**
 * Dead letters of the outbox. Every write holds the status in its predicate: an operator cannot replay a message that
 * another one discarded.
 *
 * @internal
 */
@Injectable()
export class DeadLetterRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /** Lists dead letters after a position, in the order in which they were appended. */
  async findPage(page: { after: string; limit: number }): Promise<readonly PlacedLetter[]> {
    const { outbox } = this.database.tables;
    const rows = await this.database.query<DeadRow>(sql`
      SELECT position, deliveries, payload, ${epochMs(sql`completed_at`)} AS completed_ms FROM ${outbox}
      WHERE status = 'dead' AND position > ${page.after}::bigint AND instance = ${this.database.instance}
      ORDER BY position LIMIT ${page.limit}`);
    return rows.map((row) => ({
      position: row.position,
      letter: {
        event: JSON.parse(row.payload) as ConnectionEvent,
        deliveries: row.deliveries,
        deadLetteredAt: timeOf(row.completed_ms),
      },
    }));
  }

  /**
   * Returns a dead letter to its position in the order of its connection, as if it had never been delivered. It is due one
   * second later, so that a concurrent claim of another relay is committed and visible before.
   *
   * @returns false when there is no such dead letter
   * @see RL-22
   */
  async revive(eventId: string): Promise<boolean> {
    const { outbox } = this.database.tables;
    const rows = await this.database.query(sql`
      UPDATE ${outbox} SET status = 'pending', deliveries = 0, completed_at = NULL,
        available_at = now() + interval '1 second'
      WHERE id = ${eventId} AND instance = ${this.database.instance} AND status = 'dead' RETURNING id`);
    return rows.length === 1;
  }

  /** Removes a dead letter. @returns false when there is no such dead letter */
  async remove(eventId: string): Promise<boolean> {
    const { outbox } = this.database.tables;
    const rows = await this.database.query(sql`
      DELETE FROM ${outbox}
      WHERE id = ${eventId} AND instance = ${this.database.instance} AND status = 'dead' RETURNING id`);
    return rows.length === 1;
  }
}
