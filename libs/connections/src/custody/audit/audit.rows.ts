import sql, { type Sql } from 'sql-template-tag';
import { epochMs, type EpochMs } from '../../database/sql.js';

/** The columns of a row that identify people. */
export interface Identity {
  readonly salt: string;
  readonly tenant: string;
  readonly ownerId: string;
  readonly actor: string | null;
}

/** A row of the audit trail. */
export interface AuditRow {
  readonly id: string;
  readonly position: bigint;
  readonly endedMs: number;
  readonly recordedMs: number;
  /** Null once the owner was erased. */
  readonly owner: Identity | null;
  readonly identity: string;
  readonly initiator: string;
  readonly operation: string;
  readonly connectionId: string | null;
  readonly outcome: string;
  readonly mac: string;
  readonly erasureMac: string | null;
}

/** Both ends of a chain. */
export interface AuditHead {
  readonly position: bigint;
  readonly mac: string;
  readonly purgedPosition: bigint;
  readonly purgedMac: string;
  readonly authenticator: string;
}

/** What the driver returns. */
export interface AuditColumns {
  id: string;
  place: string;
  ended: EpochMs;
  recorded: EpochMs;
  owner_id: string | null;
  tenant: string | null;
  actor: string | null;
  salt: string | null;
  identity: string;
  initiator: string;
  operation: string;
  connection_id: string | null;
  outcome: string;
  mac: string;
  erasure_mac: string | null;
}

export interface HeadColumns {
  place: string;
  mac: string;
  purged: string;
  purged_mac: string;
  authenticator: string;
}

export const AUDIT_COLUMNS: Sql = sql`id, position::text AS place, ${epochMs(sql`ended_at`)} AS ended,
  ${epochMs(sql`recorded_at`)} AS recorded, owner_id, tenant, actor, salt, identity, initiator, operation, connection_id,
  outcome, mac, erasure_mac`;

export const HEAD_COLUMNS: Sql = sql`position::text AS place, mac, purged_position::text AS purged, purged_mac, authenticator`;

export function auditRowOf(row: AuditColumns): AuditRow {
  const { owner_id: ownerId, tenant, actor, salt } = row;
  return {
    id: row.id,
    position: BigInt(row.place),
    endedMs: Number(row.ended),
    recordedMs: Number(row.recorded),
    owner: ownerId === null || salt === null ? null : { ownerId, tenant: tenant ?? '', actor, salt },
    identity: row.identity,
    initiator: row.initiator,
    operation: row.operation,
    connectionId: row.connection_id,
    outcome: row.outcome,
    mac: row.mac,
    erasureMac: row.erasure_mac,
  };
}

export function headOf(row: HeadColumns): AuditHead {
  return {
    position: BigInt(row.place),
    mac: row.mac,
    purgedPosition: BigInt(row.purged),
    purgedMac: row.purged_mac,
    authenticator: row.authenticator,
  };
}
