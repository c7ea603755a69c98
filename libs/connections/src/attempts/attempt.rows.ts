import { timeOf, timeOrNull, type EpochMs } from '../database/sql.js';
import type { ConnectionMetadata } from '../values/metadata.js';
import type { Owner } from '../values/owner.js';
import type { Attempt, AttemptFlow, AttemptStatus, ClaimedAttempt } from './attempt.js';

/** An attempt as a repeated callback finds it. */
export interface KnownAttempt {
  readonly id: string;
  readonly owner: Owner;
  readonly status: AttemptStatus;
  readonly returnTo: string | null;
  readonly codeHash: Buffer | null;
}

export interface ClaimedRow {
  id: string;
  tenant: string;
  owner_id: string;
  flow: AttemptFlow;
  expects_code: boolean;
  redirect_uri: string;
  return_to: string | null;
  connection_id: string | null;
  connected_by: string | null;
  metadata: string | null;
  created_ms: EpochMs;
  user_id: string | null;
  powens_user_id: string | null;
  sealed_token: string | null;
}

export interface KnownRow {
  id: string;
  tenant: string;
  owner_id: string;
  status: AttemptStatus;
  return_to: string | null;
  code_hash: Buffer | null;
}

export interface AttemptRow {
  id: string;
  flow: AttemptFlow;
  status: AttemptStatus;
  connection_ids: string;
  error_code: string | null;
  created_ms: EpochMs;
  expires_ms: EpochMs;
  completed_ms: EpochMs | null;
}

/** Maps a row. */
export function claimedAttempt(row: ClaimedRow): ClaimedAttempt {
  const { user_id: userId, powens_user_id: powensUserId, sealed_token: sealedToken } = row;
  const owner = { id: row.owner_id, tenant: row.tenant };
  return {
    id: row.id,
    owner: row.connected_by === null ? owner : { ...owner, actor: row.connected_by },
    flow: row.flow,
    expectsCode: row.expects_code,
    redirectUri: row.redirect_uri,
    returnTo: row.return_to,
    connectionId: row.connection_id,
    metadata: row.metadata === null ? {} : (JSON.parse(row.metadata) as ConnectionMetadata),
    createdAt: timeOf(row.created_ms),
    account:
      userId !== null && powensUserId !== null && sealedToken !== null
        ? { userId, powensUserId, sealedToken }
        : null,
  };
}

/** Maps a row. */
export function knownAttempt(row: KnownRow): KnownAttempt {
  return {
    id: row.id,
    owner: { id: row.owner_id, tenant: row.tenant },
    status: row.status,
    returnTo: row.return_to,
    codeHash: row.code_hash,
  };
}

/** Maps a row. */
export function attemptOf(row: AttemptRow): Attempt {
  const error =
    row.status === 'expired' ? 'attempt_expired' : row.status === 'unknown' ? 'outcome_unknown' : null;
  return {
    id: row.id,
    flow: row.flow,
    status: row.status,
    connectionIds: JSON.parse(row.connection_ids) as string[],
    error: row.error_code ?? error,
    createdAt: timeOf(row.created_ms),
    expiresAt: timeOf(row.expires_ms),
    completedAt: timeOrNull(row.completed_ms),
  };
}
