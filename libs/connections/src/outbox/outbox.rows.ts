import sql, { type Sql } from 'sql-template-tag';
import { timeOf, type EpochMs } from '../database/sql.js';
import { leasedFor, type Claim } from '../database/queues/queue-heads.js';
import type { ConnectionEvent, ConnectionEventType } from '../events/index.js';

/** A list of ids in an event's `data` that only the transaction can determine: filled in by its statement. */
export interface LateIds {
  /** Name of the list in `data`. */
  readonly name: string;
  /** Selects `id`. */
  readonly query: Sql;
}

/** An event as the flow creates it; the outbox adds id, version, time and instance. */
export type EventToAppend = {
  [T in ConnectionEventType]: Omit<ConnectionEvent<T>, 'id' | 'version' | 'occurredAt' | 'instance'>;
}[ConnectionEventType] & {
  readonly lateIds?: LateIds;
  /** Whether the same transaction inserts the connection: then no other event of it exists, and this one may be delivered at once. */
  readonly isFirst?: boolean;
};

/** An event to keep. */
export interface NewMessage {
  readonly event: ConnectionEvent;
  readonly lateIds?: LateIds | undefined;
  readonly isFirst?: boolean | undefined;
}

/** The lease under which a process appends events that it delivers itself as soon as they are committed. */
export interface AppendLease {
  readonly leaseToken: string;
  readonly leaseSeconds: number;
}

/** What became of the events of a transaction. */
export interface AppendedEvents {
  /** Whether some of them wait for a relay. */
  readonly areWaiting: boolean;
  /** Those that this process holds; empty until the transaction is committed. */
  readonly held: readonly ClaimedMessage[];
}

/** How messages are claimed. */
export interface ClaimRequest {
  /** Fencing token of this claim. */
  readonly leaseToken: string;
  readonly leaseSeconds: number;
  readonly limit: number;
}

/** A message that a relay holds. */
export interface Lease {
  readonly position: string;
  readonly leaseToken: string;
}

/** A delivered message. */
export interface DeliveredMessage extends Lease {
  /** Given when nothing else is claimed afterwards: asks whether another message with this key waits. */
  readonly orderKey?: string | undefined;
}

/** A message that this relay holds until its lease ends. */
export interface ClaimedMessage {
  readonly position: string;
  /** Number of deliveries, including this one. */
  readonly deliveries: number;
  readonly event: ConnectionEvent;
  /** Messages with the same key are delivered one after the other. */
  readonly orderKey: string;
  /** Who has completed the event: the publisher and handlers, by their ids. The next delivery leaves them out. */
  readonly deliveredTo: Set<string>;
  /** Span of the commit, to link to; null without telemetry. */
  readonly traceParent: string | null;
}

/** Nulls where nothing was claimed. */
export interface ClaimedRow {
  position: string | null;
  deliveries: number;
  payload: string;
  order_key: string;
  delivered_to: string | null;
  trace_parent: string | null;
}

/**
 * An event of which all `outbox.maxTries` deliveries failed.
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

/** Columns of a dead letter. */
export interface DeadLetterRow {
  position: string;
  deliveries: number;
  payload: string;
  completed_ms: EpochMs;
}

/** Assignments and returned columns of a claim. */
export function claimOf({ leaseToken, leaseSeconds, limit }: ClaimRequest): Claim {
  return {
    limit,
    set: sql`lease_token = ${leaseToken}, deliveries = deliveries + 1, ${leasedFor(leaseSeconds)}`,
    returning: sql`position, deliveries, payload, order_key, delivered_to, trace_parent`,
  };
}

/** Maps rows, if there are any. */
export function messagesOf(rows: readonly ClaimedRow[]): ClaimedMessage[] {
  return rows.flatMap(({ position, deliveries, payload, order_key: orderKey, ...row }) =>
    position === null
      ? []
      : [
          {
            position,
            deliveries,
            orderKey,
            deliveredTo: new Set(JSON.parse(row.delivered_to ?? '[]') as string[]),
            traceParent: row.trace_parent,
            event: JSON.parse(payload) as ConnectionEvent,
          },
        ],
  );
}

/** The column of those that have completed an event. */
export function deliveredToColumn(deliveredTo: ReadonlySet<string>): string | null {
  return deliveredTo.size === 0 ? null : JSON.stringify([...deliveredTo]);
}

/** The event as JSON, its late ids filled in by the statement. */
export function payloadOf(event: ConnectionEvent, late: LateIds | undefined): Sql {
  const payload = JSON.stringify(event);
  return late === undefined
    ? sql`${payload}`
    : sql`jsonb_set(${payload}::jsonb, ${['data', late.name]}::text[],
        (SELECT COALESCE(jsonb_agg(late.id ORDER BY late.id), '[]'::jsonb) FROM (${late.query}) late))::text`;
}

/** Maps a dead letter. */
export function placedLetterOf(row: DeadLetterRow): PlacedLetter {
  const { position, deliveries, payload, completed_ms: completed } = row;
  const event = JSON.parse(payload) as ConnectionEvent;
  return { position, letter: { event, deliveries, deadLetteredAt: timeOf(completed) } };
}

/** Matches dead letters, for a statement that finds one by its event: worded as the predicate of the index by event, and of no other. */
export const IS_DEAD = sql`status IN ('dead', '')`;
