import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase } from '../database/connections-database.js';
import { inSeconds } from '../database/sql.js';
import type { Transaction } from '../database/unit-of-work.js';
import { StorageError } from '../errors/index.js';
import type { Owner } from '../values/owner.js';
import type { ProviderBinding } from '../values/provider-binding.js';
import {
  findPowensUserOf,
  findPowensUsers,
  POWENS_USER_COLUMNS,
  powensUserOf,
  type PowensUserLease,
  type PowensUserRow,
  type PowensUserState,
  type PowensUserStatus,
} from './powens-user.rows.js';
import { OWNER_KEY } from './powens-user.repository.js';
import type { SealedToken } from './sealed-token.js';

export type { PowensUserLease, PowensUserState, PowensUserStatus } from './powens-user.rows.js';

/**
 * Changes rows of Powens users under a lease, with conditional statements. No database lock is held during an outbound call.
 *
 * @see RL-12, RL-21
 * @internal
 */
@Injectable()
export class PowensUserLeaseRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /** Finds the Powens user of an owner in any status; a tombstone has no owner. */
  async find(owner: Owner): Promise<PowensUserState | null> {
    return findPowensUserOf(this.database, owner);
  }

  /** Finds the row of a Powens user in any status; a tombstone does not store its id. */
  async findByPowensUser(powensUserId: string): Promise<PowensUserState | null> {
    const [user] = await findPowensUsers(
      this.database,
      sql`instance = ${this.database.instance} AND powens_user_id = ${powensUserId}`,
    );
    return user ?? null;
  }

  /**
   * Reserves the owner's one row before a user is requested from Powens. The unique key lets one process succeed.
   *
   * @param place - the instance, and the provider of the request
   * @returns false when another process holds the reservation, or the Powens user exists
   */
  async reserve(
    place: { readonly instance: string; readonly provider: ProviderBinding },
    owner: Owner,
    lease: PowensUserLease,
    seconds: number,
  ): Promise<boolean> {
    const { user } = this.database.tables;
    const { apiOrigin, clientId } = place.provider;
    try {
      await this.database.query(sql`
        INSERT INTO ${user} (
          id, instance, tenant, owner_id, api_origin, client_id, status, renewable, lease_token, leased_until,
          created_at, updated_at
        ) VALUES (
          ${lease.userId}, ${place.instance}, ${owner.tenant}, ${owner.id}, ${apiOrigin}, ${clientId}, 'provisioning',
          true, ${lease.leaseToken}, ${inSeconds(seconds)}, now(), now()
        )`);
      return true;
    } catch (error) {
      if (error instanceof StorageError && error.violates(OWNER_KEY)) {
        return false;
      }
      throw error;
    }
  }

  /**
   * Releases a reservation, also one whose process died.
   *
   * @returns whether there was one: then it was certainly not filled
   */
  async abandon(owner: Owner, leaseToken: string | null): Promise<boolean> {
    const { user } = this.database.tables;
    const rows = await this.database.query(sql`
      DELETE FROM ${user}
      WHERE instance = ${this.database.instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}
        AND status = 'provisioning' AND (lease_token = ${leaseToken} OR leased_until <= now())
      RETURNING id`);
    return rows.length === 1;
  }

  /** Fills a reservation. @returns false when the lease was lost */
  async activate(lease: PowensUserLease, powensUserId: string, sealed: SealedToken): Promise<boolean> {
    return this.touched(sql`
      SET powens_user_id = ${powensUserId}, sealed_token = ${sealed.sealedToken}, key_id = ${sealed.keyId},
        authenticator = ${sealed.authenticator}, status = 'active', ${withoutLease(lease)}, updated_at = now()
      WHERE id = ${lease.userId} AND (
        (lease_token = ${lease.leaseToken} AND status = 'provisioning')
        OR (status = 'active' AND sealed_token = ${sealed.sealedToken})
      )`);
  }

  /**
   * Takes the lease of a row in one of `statuses`, unless another process holds it.
   *
   * @returns the current row, or null
   */
  async acquire(
    lease: PowensUserLease,
    statuses: readonly PowensUserStatus[],
    seconds: number,
  ): Promise<PowensUserState | null> {
    const { user } = this.database.tables;
    const [row] = await this.database.query<PowensUserRow>(
      sql`
      UPDATE ${user} SET lease_token = ${lease.leaseToken}, leased_until = ${inSeconds(seconds)}
      WHERE id = ${lease.userId} AND status = ANY(${[...statuses]}::text[])
        AND (lease_token IS NULL OR leased_until <= now() OR lease_token = ${lease.leaseToken})
      RETURNING ${POWENS_USER_COLUMNS}`,
      { repeatable: true },
    );
    return row === undefined ? null : powensUserOf(row);
  }

  /** Makes a transaction fail unless the Powens user is in use: nothing may be added to one that is being erased. */
  requireInUse(userId: string, tx: Transaction): void {
    const { user } = this.database.tables;
    tx.require(
      sql`SELECT 1 FROM ${user} WHERE id = ${userId} AND status IN ('active', 'revoked') FOR NO KEY UPDATE`,
      1,
    );
  }

  /** Whether a row is in one of `statuses`. */
  async isIn(userId: string, statuses: readonly PowensUserStatus[]): Promise<boolean> {
    const { user } = this.database.tables;
    const rows = await this.database.query(sql`
      SELECT id FROM ${user} WHERE id = ${userId} AND status = ANY(${[...statuses]}::text[])`);
    return rows.length === 1;
  }

  /**
   * Replaces a token by its renewed one: compare-and-set on the old ciphertext.
   *
   * @returns false when another process holds the lease or replaced the token
   */
  async replaceToken(lease: PowensUserLease, old: string | null, sealed: SealedToken): Promise<boolean> {
    return this.touched(sql`
      SET sealed_token = ${sealed.sealedToken}, key_id = ${sealed.keyId}, authenticator = ${sealed.authenticator},
        status = 'active', status_reason = NULL, ${withoutLease(lease)}, updated_at = now(),
        reconcile_at = CASE WHEN status = 'lost' THEN now() ELSE reconcile_at END
      WHERE id = ${lease.userId} AND status IN ('active', 'revoked', 'lost') AND (
        (lease_token = ${lease.leaseToken} AND sealed_token IS NOT DISTINCT FROM ${old})
        OR sealed_token = ${sealed.sealedToken}
      )`);
  }

  /** Extends a lease during the work. A lease that ended, or that another process took since, is not changed. */
  async extend(lease: PowensUserLease, seconds: number): Promise<void> {
    await this.touched(
      sql`SET leased_until = ${inSeconds(seconds)} WHERE ${heldBy(lease)} AND leased_until > now()`,
    );
  }

  /** Releases a lease. */
  async release(lease: PowensUserLease): Promise<void> {
    await this.touched(sql`SET lease_token = NULL, leased_until = NULL WHERE ${heldBy(lease)}`);
  }

  /** Schedules the reconciliation of an owner as soon as possible, unless it ran within the last hour. */
  async makeDue(userId: string): Promise<void> {
    await this.touched(sql`
      SET reconcile_at = now()
      WHERE id = ${userId} AND (reconciled_at IS NULL OR reconciled_at < now() - interval '1 hour')`);
  }

  /** Ends a lease but keeps its token in the row: the change may have taken effect, so the sweeper must resolve it. */
  async interrupt(lease: PowensUserLease): Promise<void> {
    await this.touched(sql`SET leased_until = now() WHERE ${heldBy(lease)}`);
  }

  /** Makes a token unusable here at once, before it is revoked at Powens (TC-23). @returns false when it is not active */
  async beginRevocation(userId: string): Promise<boolean> {
    return this.touched(sql`
      SET status = 'revoking', status_reason = NULL, lease_token = NULL, leased_until = now(), updated_at = now()
      WHERE id = ${userId} AND status IN ('active', 'revoking')`);
  }

  /**
   * Deletes the ciphertext of a revoked token. The Powens user id and its authenticator stay: a renewal needs
   * them.
   */
  async endRevocation(lease: PowensUserLease): Promise<boolean> {
    return this.touched(sql`
      SET status = 'revoked', sealed_token = NULL, lease_token = NULL, leased_until = NULL, updated_at = now()
      WHERE (${heldBy(lease)} AND status = 'revoking')
        OR (id = ${lease.userId} AND status = 'revoked' AND sealed_token IS NULL AND lease_token IS NULL)`);
  }

  /** Lists Powens users whose change was interrupted: the lease ended and was not released. */
  async findInterrupted(limit: number): Promise<readonly PowensUserState[]> {
    return findPowensUsers(
      this.database,
      sql`instance = ${this.database.instance} AND leased_until <= now() AND status NOT IN ('provisioning', 'lost')
        ORDER BY leased_until LIMIT ${limit}`,
      BACKGROUND,
    );
  }

  /** Each of these changes is idempotent, so it runs again after a lost connection. */
  private async touched(change: Sql): Promise<boolean> {
    const { user } = this.database.tables;
    const rows = await this.database.query(sql`UPDATE ${user} ${change} RETURNING id`, { repeatable: true });
    return rows.length === 1;
  }
}

/** Ends the lease, unless another process took it since. */
function withoutLease({ leaseToken }: PowensUserLease): Sql {
  return sql`leased_until = CASE WHEN lease_token = ${leaseToken} THEN NULL ELSE leased_until END,
    lease_token = NULLIF(lease_token, ${leaseToken}::uuid)`;
}

function heldBy(lease: PowensUserLease): Sql {
  return sql`id = ${lease.userId} AND lease_token = ${lease.leaseToken}`;
}
