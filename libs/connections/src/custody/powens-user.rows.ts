import sql from 'sql-template-tag';
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
