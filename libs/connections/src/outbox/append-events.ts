import sql, { join, type Sql } from 'sql-template-tag';
import { v7 as uuidv7 } from 'uuid';
import type { ConnectionsDatabase } from '../database/connections-database.js';
import { inSeconds } from '../database/sql.js';
import type { Transaction } from '../database/unit-of-work.js';
import { orderKeyOf } from '../events/index.js';
import { traceParent } from '../telemetry/trace-parent.js';
import {
  messagesOf,
  payloadOf,
  type AppendedEvents,
  type AppendLease,
  type ClaimedMessage,
  type ClaimedRow,
  type EventToAppend,
  type NewMessage,
} from './outbox.rows.js';

type Database = Pick<ConnectionsDatabase, 'instance' | 'tables'>;

/** `deliveries`, `available_at`, `lease_token` and `leased_until` of a message that any relay may claim. */
const WAITING = sql`0, now(), NULL, NULL`;

/** Gives events their id, version and time. */
export function stamped(events: readonly EventToAppend[], instance: string): NewMessage[] {
  const occurredAt = new Date().toISOString();
  return events.map(({ lateIds, isFirst, ...event }) => ({
    event: { id: uuidv7(), version: 1, occurredAt, instance, ...event },
    lateIds,
    isFirst,
  }));
}

/**
 * Adds messages to a transaction: one `INSERT`, so that their positions have their order.
 *
 * @param lease - held from the commit on by this process, for the first message of each new connection
 */
export function insertMessages(
  database: Database,
  messages: readonly NewMessage[],
  tx: Transaction,
  lease: AppendLease | null,
): AppendedEvents {
  const held: ClaimedMessage[] = [];
  if (messages.length === 0) {
    return { areWaiting: false, held };
  }
  const parent = traceParent();
  const isHeld = ({ isFirst }: NewMessage): boolean => lease !== null && isFirst === true;
  const columnsOf = (message: NewMessage): Sql =>
    lease !== null && isHeld(message) ? heldUnder(lease) : WAITING;
  const rows = messages.map(
    (message) => sql`(${valuesOf(message, database.instance)}, ${parent}, ${columnsOf(message)})`,
  );
  const insert = sql`INSERT INTO ${database.tables.outbox} (
      id, instance, tenant, owner_id, type, order_key, payload, status, created_at, trace_parent,
      deliveries, available_at, lease_token, leased_until
    ) VALUES ${join(rows)}`;
  if (!messages.some(isHeld)) {
    tx.add(insert, messages.length);
    return { areWaiting: true, held };
  }
  const returning = sql`${insert} RETURNING position::text, deliveries, payload, order_key, delivered_to, trace_parent, leased_until IS NOT NULL AS is_held`;
  tx.addReturning<ClaimedRow & { is_held: boolean }>(returning, messages.length, (committed) => {
    held.push(...messagesOf(committed.filter(({ is_held: isMine }) => isMine)));
  });
  return { areWaiting: !messages.every(isHeld), held };
}

function valuesOf({ event, lateIds }: NewMessage, instance: string): Sql {
  return sql`${event.id}, ${instance}, ${event.tenant}, ${event.ownerId}, ${event.type}, ${orderKeyOf(event)},
    ${payloadOf(event, lateIds)}, 'pending', now()`;
}

function heldUnder({ leaseToken, leaseSeconds }: AppendLease): Sql {
  const end = inSeconds(leaseSeconds);
  return sql`1, ${end}, ${leaseToken}, ${end}`;
}
