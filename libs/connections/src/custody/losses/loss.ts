import sql from 'sql-template-tag';
import { timeOf, epochMs, type EpochMs } from '../../database/sql.js';

/** Kind of a loss. */
export type LossSubject = 'connection' | 'user' | 'token';

/** Answer of Powens, always with its own error code. */
export type LossEvidence =
  /** 404 for the connection's own id. */
  | 'connection_not_found'
  /** 404 for the user of a token. */
  | 'user_not_found'
  /** 400 or 404 for a new token of the user. */
  | 'renewal_refused'
  /** 401 for the token, while the user exists. */
  | 'token_refused'
  /** 401 for the token, after a webhook that reported the user as deleted. */
  | 'user_deleted';

/** Status of a loss. */
export type LossStatus = 'suspected' | 'held' | 'granted' | 'applied' | 'recovered';

/** Something that Powens did not find. */
export interface Loss {
  readonly id: string;
  readonly subject: LossSubject;
  /** Id here of the connection, or of the Powens user's row. */
  readonly subjectId: string;
  readonly userId: string;
  readonly evidence: LossEvidence;
  readonly status: LossStatus;
  /** Number of connections that the loss removes. */
  readonly weight: number;
  readonly tokenDigest: string | null;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
}

/** Maximum number of connections that may be removed within 24 hours: the larger of both. */
export interface LossLimit {
  readonly maxPerDay: number;
  readonly maxPercentPerDay: number;
}

/** Columns that are read. */
export interface LossRow {
  id: string;
  subject: LossSubject;
  subject_id: string;
  user_id: string;
  evidence: LossEvidence;
  status: LossStatus;
  weight: number;
  token_digest: string | null;
  first_seen_ms: EpochMs;
  last_seen_ms: EpochMs;
}

/** Columns of {@link LossRow}. */
export const LOSS_COLUMNS = sql`id, subject, subject_id, user_id, evidence, status, weight, token_digest,
  ${epochMs(sql`first_seen_at`)} AS first_seen_ms, ${epochMs(sql`last_seen_at`)} AS last_seen_ms`;

/** Maps a row. */
export function lossOf(row: LossRow): Loss {
  return {
    id: row.id,
    subject: row.subject,
    subjectId: row.subject_id,
    userId: row.user_id,
    evidence: row.evidence,
    status: row.status,
    weight: row.weight,
    tokenDigest: row.token_digest,
    firstSeenAt: timeOf(row.first_seen_ms),
    lastSeenAt: timeOf(row.last_seen_ms),
  };
}
