import sql from 'sql-template-tag';
import { epochMs, type EpochMs, timeOf } from '../database/sql.js';
import type { ConnectionMetadata } from '../values/metadata.js';
import type { ClaimedAttempt } from './attempt.js';
import { boundOf, type BoundRow, type PowensUserColumns, powensUserOf } from './attempt.rows.js';

/** Columns of {@link CLAIMED_COLUMNS}, and of the owner's Powens user. */
export interface ClaimedRow extends PowensUserColumns, BoundRow {
  lease_token: string;
  created_ms: EpochMs;
  age_seconds: number;
  exchanges: number;
  postponed: number;
  claimed_ids: string | null;
  error_code: string | null;
  sealed_code: string | null;
  attempt_token: string | null;
  trace_parent: string | null;
}

/** Columns that a claim returns of the attempt. */
export const CLAIMED_COLUMNS = sql`claimed.id, claimed.lease_token, claimed.instance, claimed.tenant, claimed.owner_id,
  claimed.flow, claimed.expects_code, claimed.redirect_uri, claimed.return_to, claimed.connection_id,
  ${epochMs(sql`claimed.created_at`)} AS created_ms, claimed.connected_by, claimed.metadata, claimed.exchanges, claimed.postponed,
  claimed.claimed_ids, claimed.error_code, claimed.sealed_code, claimed.sealed_token AS attempt_token,
  claimed.state_hash, claimed.binding_hash, claimed.authenticator, claimed.trace_parent,
  floor(extract(epoch FROM now() - claimed.created_at))::int AS age_seconds`;

/** Maps a row. */
export function claimedAttempt(row: ClaimedRow): ClaimedAttempt {
  const bound = boundOf(row);
  return {
    id: row.id,
    leaseToken: row.lease_token,
    owner: bound.binding.owner,
    bound,
    flow: row.flow,
    expectsCode: row.expects_code,
    redirectUri: row.redirect_uri,
    returnTo: row.return_to,
    connectionId: row.connection_id,
    metadata: row.metadata === null ? {} : (JSON.parse(row.metadata) as ConnectionMetadata),
    createdAt: timeOf(row.created_ms),
    traceParent: row.trace_parent,
    user: powensUserOf(row),
    claim: {
      exchange: row.exchanges,
      postponed: row.postponed,
      ageSeconds: row.age_seconds,
      connectionIds: JSON.parse(row.claimed_ids ?? '[]') as string[],
      error: row.error_code,
      sealedCode: row.sealed_code,
      sealedToken: row.attempt_token,
      codeBinding: { stateHash: row.state_hash, bindingHash: row.binding_hash },
    },
  };
}
