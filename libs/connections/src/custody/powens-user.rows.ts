import sql, { type Sql } from 'sql-template-tag';
import type { ConnectionsDatabase, StatementPolicy } from '../database/connections-database.js';
import type { Owner } from '../values/owner.js';
import type { ProviderBinding } from '../values/provider-binding.js';

/** Status of an owner's Powens user. */
export type PowensUserStatus =
  'provisioning' | 'active' | 'revoking' | 'revoked' | 'lost' | 'forgetting' | 'erasing' | 'erased';

/** An owner's Powens user in any status. */
export interface PowensUserState {
  readonly userId: string;
  readonly owner: Owner;
  readonly status: PowensUserStatus;
  /** Reason of the status: see the entity. */
  readonly reason: string | null;
  readonly powensUserId: string | null;
  readonly provider: ProviderBinding;
  readonly authenticator: string | null;
  readonly sealedToken: string | null;
  readonly renewable: boolean;
}

/** Right to change a Powens user, until it ends. */
export interface PowensUserLease {
  readonly userId: string;
  /** Fencing token: a process that lost the lease writes nothing. */
  readonly leaseToken: string;
}

/** A row of `powens_user`, as it is read. */
export interface PowensUserRow {
  id: string;
  tenant: string;
  owner_id: string;
  status: PowensUserStatus;
  status_reason: string | null;
  powens_user_id: string | null;
  api_origin: string | null;
  client_id: string | null;
  authenticator: string | null;
  sealed_token: string | null;
  renewable: boolean;
}

/** Columns of {@link PowensUserRow}. */
export const POWENS_USER_COLUMNS = sql`id, tenant, owner_id, status, status_reason, powens_user_id, api_origin, client_id,
  authenticator, sealed_token, renewable`;

/** Maps a row. */
export function powensUserOf(row: PowensUserRow): PowensUserState {
  return {
    userId: row.id,
    owner: { id: row.owner_id, tenant: row.tenant },
    status: row.status,
    reason: row.status_reason,
    powensUserId: row.powens_user_id,
    provider: { apiOrigin: row.api_origin ?? '', clientId: row.client_id ?? '' },
    authenticator: row.authenticator,
    sealedToken: row.sealed_token,
    renewable: row.renewable,
  };
}

/** Finds rows, in any status that `where` allows. */
export async function findPowensUsers(
  database: ConnectionsDatabase,
  where: Sql,
  policy: StatementPolicy = {},
): Promise<readonly PowensUserState[]> {
  const rows = await database.query<PowensUserRow>(
    sql`SELECT ${POWENS_USER_COLUMNS} FROM ${database.tables.user} WHERE ${where}`,
    policy,
  );
  return rows.map(powensUserOf);
}

/** Finds the Powens user of an owner in any status; a tombstone has no owner. */
export async function findPowensUserOf(
  database: ConnectionsDatabase,
  owner: Owner,
): Promise<PowensUserState | null> {
  const [user] = await findPowensUsers(
    database,
    sql`instance = ${database.instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}`,
  );
  return user ?? null;
}
