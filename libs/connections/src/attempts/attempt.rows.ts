import sql, { type Sql } from 'sql-template-tag';
import { type EpochMs, timeOf, timeOrNull } from '../database/sql.js';
import type { BoundAttempt } from '../values/attempt-binding.js';
import type { OwnedPowensUser } from '../values/owned-powens-user.js';
import type { Owner } from '../values/owner.js';
import { type Attempt, type AttemptFlow, type AttemptStatus, MAX_EXCHANGES } from './attempt.js';

/** An attempt as a repeated callback finds it. */
export interface KnownAttempt {
  readonly id: string;
  readonly owner: Owner;
  readonly status: AttemptStatus;
  readonly returnTo: string | null;
  readonly bound: BoundAttempt;
  readonly codeHash: Buffer | null;
}

/** Columns of the binding of an attempt, and its authenticator. */
export interface BoundRow {
  id: string;
  instance: string;
  tenant: string;
  owner_id: string;
  flow: AttemptFlow;
  expects_code: boolean;
  redirect_uri: string;
  return_to: string | null;
  connection_id: string | null;
  connected_by: string | null;
  metadata: string | null;
  state_hash: Buffer;
  binding_hash: Buffer;
  authenticator: string | null;
}

/** Columns of the owner's Powens user, joined to a row of an attempt; null where there is none. */
export interface PowensUserColumns {
  user_id: string | null;
  powens_user_id: string | null;
  api_origin: string | null;
  client_id: string | null;
  sealed_token: string | null;
}

/** Columns of {@link PowensUserColumns}. */
export const POWENS_USER_COLUMNS = sql`id AS user_id, powens_user_id, api_origin, client_id, sealed_token`;

/** Columns of {@link BoundRow}. */
export const BOUND_COLUMNS = sql`id, instance, tenant, owner_id, flow, expects_code, redirect_uri, return_to, connection_id,
  connected_by, metadata, state_hash, binding_hash, authenticator`;

/**
 * Effective status: a pending attempt past its expiry is `expired`; a claim that no process can complete, since its code
 * was sent as often as allowed or its recovery period is over, is `unknown`. Computed by the query, so that it is correct
 * before the sweeper has run.
 */
export const EFFECTIVE_STATUS: Sql = sql`CASE
  WHEN status = 'pending' AND expires_at <= now() THEN 'expired'
  WHEN status = 'claimed' AND lease_expires_at <= now() AND expects_code AND sealed_token IS NULL
    AND exchanges >= ${MAX_EXCHANGES}::int THEN 'unknown'
  WHEN status = 'claimed' AND lease_expires_at <= now() - interval '7 days' THEN 'unknown'
  ELSE status END`;

export interface KnownRow extends BoundRow {
  status: AttemptStatus;
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

export function boundOf(row: BoundRow): BoundAttempt {
  const { id, instance, flow, metadata, authenticator } = row;
  const owner = { id: row.owner_id, tenant: row.tenant };
  const binding = {
    id,
    instance,
    owner: row.connected_by === null ? owner : { ...owner, actor: row.connected_by },
    flow,
    expectsCode: row.expects_code,
    redirectUri: row.redirect_uri,
    returnTo: row.return_to,
    connectionId: row.connection_id,
    metadata,
    stateHash: row.state_hash,
    bindingHash: row.binding_hash,
  };
  return { binding, authenticator };
}

/** Maps the columns of the owner's Powens user; null while it cannot be used. */
export function powensUserOf(row: PowensUserColumns): OwnedPowensUser | null {
  const { user_id: userId, powens_user_id: powensUserId, sealed_token: sealedToken } = row;
  const provider = { apiOrigin: row.api_origin ?? '', clientId: row.client_id ?? '' };
  return userId !== null && powensUserId !== null && sealedToken !== null
    ? { userId, powensUserId, provider, sealedToken }
    : null;
}

/** Maps a row. */
export function knownAttempt(row: KnownRow): KnownAttempt {
  return {
    id: row.id,
    owner: { id: row.owner_id, tenant: row.tenant },
    status: row.status,
    returnTo: row.return_to,
    bound: boundOf(row),
    codeHash: row.code_hash,
  };
}

/** Maps a row. */
export function attemptOf(row: AttemptRow): Attempt {
  return {
    id: row.id,
    flow: row.flow,
    status: row.status,
    connectionIds: JSON.parse(row.connection_ids) as string[],
    error: errorOf(row),
    createdAt: timeOf(row.created_ms),
    expiresAt: timeOf(row.expires_ms),
    completedAt: timeOrNull(row.completed_ms),
  };
}

/** While an attempt is open, the column holds the error of its callback, which is not its result. */
function errorOf({ status, completed_ms: completedMs, error_code: error }: AttemptRow): string | null {
  switch (status) {
    case 'pending':
    case 'claimed':
      return null;
    case 'expired':
      return 'attempt_expired';
    case 'unknown':
      return completedMs === null ? 'outcome_unknown' : error;
    default:
      return error;
  }
}
