import { daysAgo } from '../database/sql.js';
import { traceParent } from '../telemetry/trace-parent.js';
import { erasureMarkOf } from './inbox-entry.js';
import type { NewInboxMessage } from './inbox-message.js';
import sql, { type Sql } from 'sql-template-tag';

/** Inserts a webhook, unless it is stored; of one about an erased user, only its arrival. */
export function insertionOf(inbox: Sql, message: NewInboxMessage): Sql {
  const mark = erasureMarkOf(message.instance, message.powensUserId);
  return sql`
    INSERT INTO ${inbox} (
      instance, tenant, event, dedupe_key, order_key, powens_user_id, powens_connection_id, summary, body, encoding,
      status, tries, received_at, available_at, trace_parent
    )
    SELECT ${message.instance}, '', ${message.event}, ${message.dedupeKey},
      CASE WHEN erased THEN ${message.dedupeKey} ELSE ${message.orderKey} END,
      CASE WHEN erased THEN NULL ELSE ${message.powensUserId}::text END,
      CASE WHEN erased THEN NULL ELSE ${message.powensConnectionId}::text END,
      CASE WHEN erased THEN NULL ELSE ${JSON.stringify(message.summary)}::text END,
      CASE WHEN erased THEN NULL ELSE ${message.body?.bytes ?? null}::bytea END,
      ${message.body?.encoding ?? 'identity'}, CASE WHEN erased THEN 'ignored' ELSE 'pending' END, 0, now(), now(), ${traceParent()}
    FROM (
      SELECT EXISTS (
        SELECT 1 FROM ${inbox} mark WHERE mark.instance = ${message.instance} AND mark.dedupe_key = ${mark}
      ) AS erased
    ) known ON CONFLICT (instance, dedupe_key) DO NOTHING RETURNING position`;
}

/** Inserts the mark that a Powens user was erased here: a row with status `processed`. */
export function insertedMark(inbox: Sql, instance: string, mark: string): Sql {
  return sql`INSERT INTO ${inbox} (
      instance, tenant, event, dedupe_key, order_key, encoding, status, tries, received_at, available_at, completed_at
    ) VALUES (
      ${instance}, '', 'USER_DELETED', ${mark}, ${mark}, 'identity', 'processed', 0, now(), now(), now()
    ) ON CONFLICT (instance, dedupe_key) DO NOTHING`;
}

/** Removes bodies, then rows. */
export function purges(
  inbox: Sql,
  instance: string,
  days: { body: number; row: number },
  limit: number,
): Sql[] {
  const old = (age: number, more: Sql): Sql => sql`
    SELECT position FROM ${inbox}
    WHERE instance = ${instance} AND received_at < ${daysAgo(age)} ${more} AND status <> 'pending'
    ORDER BY received_at LIMIT ${limit}`;
  return [
    sql`UPDATE ${inbox} SET body = NULL WHERE position = ANY(ARRAY(${old(days.body, sql`AND body IS NOT NULL`)}))
      RETURNING 1`,
    sql`DELETE FROM ${inbox} WHERE position = ANY(ARRAY(${old(days.row, sql``)})) RETURNING 1`,
  ];
}
