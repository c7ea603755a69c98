import sql, { type Sql } from 'sql-template-tag';
import { type Claim, leasedFor, STILL_PENDING } from '../database/queues/queue-heads.js';
import { epochMs, type EpochMs } from '../database/sql.js';
import type { InboxMessage } from './inbox-message.js';
import type { PowensWebhookEvent } from '../events/powens-webhook-events.js';
import type { WebhookSummary } from './body/webhook-summary.js';

/** How a message is claimed. */
export interface LeaseRequest {
  /** Fencing token of this claim. */
  readonly leaseToken: string;
  readonly leaseSeconds: number;
}

/** Nulls where nothing was claimed. */
export interface ClaimedRow {
  position: string | null;
  event: PowensWebhookEvent;
  order_key: string;
  powens_user_id: string | null;
  powens_connection_id: string | null;
  summary: string | null;
  has_body: boolean;
  tries: number;
  age_ms: EpochMs;
  trace_parent: string | null;
}

/** Columns that a claim writes and returns. */
export function claimOf({ leaseToken, leaseSeconds }: LeaseRequest): Claim {
  return {
    limit: 1,
    set: sql`lease_token = ${leaseToken}, tries = tries + 1, ${leasedFor(leaseSeconds)}`,
    returning: sql`position, event, order_key, powens_user_id, powens_connection_id, summary,
      body IS NOT NULL AS has_body, tries, trace_parent, ${epochMs(sql`now() - received_at`)} AS age_ms`,
  };
}

/** Maps a row, if there is one. */
export function messageOf(row: ClaimedRow | undefined, leaseToken: string): InboxMessage | null {
  if (row === undefined || row.position === null) {
    return null;
  }
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
    traceParent: row.trace_parent,
  };
}

/** Ends a message. The summary is no longer needed; the body stays for its retention. */
export const ended = sql`completed_at = now(), lease_token = NULL, leased_until = NULL, summary = NULL`;

/** Makes a message wait for the confirmation of its connection. Keeps the summary, which is read again. */
export const waiting = sql`completed_at = now(), lease_token = NULL, leased_until = NULL`;

export function heldBy({ position, leaseToken }: InboxMessage): Sql {
  return sql`position = ${position} AND lease_token = ${leaseToken} AND ${STILL_PENDING}`;
}
