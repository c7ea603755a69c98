import type { AttemptStatus } from '../../attempts/attempt.js';
import { timeOf, timeOrNull, type EpochMs } from '../../database/sql.js';
import type { AttemptRecord, ConnectionRecord, FailedWebhook, UserRecord } from './administration.types.js';

export interface UserRecordRow {
  id: string;
  tenant: string;
  owner_id: string;
  powens_user_id: string | null;
  status: string;
  status_reason: string | null;
  key_id: string | null;
  created_ms: EpochMs;
  reconciled_ms: EpochMs | null;
}

export interface ConnectionRecordRow {
  user_id: string;
  id: string;
  powens_connection_id: string;
  status: string;
  state: string | null;
  connector_name: string | null;
  created_ms: EpochMs;
  last_synced_ms: EpochMs | null;
}

export interface AttemptRecordRow {
  user_id: string;
  id: string;
  flow: string;
  status: AttemptStatus;
  error_code: string | null;
  created_ms: EpochMs;
  completed_ms: EpochMs | null;
}

export interface FailedWebhookRow {
  position: string;
  event: string;
  status: 'parked' | 'dead';
  error_code: string | null;
  powens_user_id: string | null;
  powens_connection_id: string | null;
  tries: number;
  received_ms: EpochMs;
}

export function userRecordOf(
  row: UserRecordRow,
  connections: readonly ConnectionRecord[],
  attempts: readonly AttemptRecord[],
): UserRecord {
  return {
    id: row.id,
    owner: { id: row.owner_id, tenant: row.tenant },
    powensUserId: row.powens_user_id,
    status: row.status,
    statusReason: row.status_reason,
    keyId: row.key_id,
    createdAt: timeOf(row.created_ms),
    reconciledAt: timeOrNull(row.reconciled_ms),
    connections,
    attempts,
  };
}

export function connectionRecordOf(row: ConnectionRecordRow): ConnectionRecord {
  return {
    id: row.id,
    powensConnectionId: row.powens_connection_id,
    status: row.status,
    state: row.state,
    connectorName: row.connector_name,
    createdAt: timeOf(row.created_ms),
    lastSyncedAt: timeOrNull(row.last_synced_ms),
  };
}

export function attemptRecordOf(row: AttemptRecordRow): AttemptRecord {
  return {
    id: row.id,
    flow: row.flow,
    status: row.status,
    errorCode: row.error_code,
    createdAt: timeOf(row.created_ms),
    completedAt: timeOrNull(row.completed_ms),
  };
}

export function failedWebhookOf(row: FailedWebhookRow): FailedWebhook {
  return {
    id: row.position,
    event: row.event,
    status: row.status,
    errorCode: row.error_code,
    powensUserId: row.powens_user_id,
    powensConnectionId: row.powens_connection_id,
    tries: row.tries,
    receivedAt: timeOf(row.received_ms),
  };
}
