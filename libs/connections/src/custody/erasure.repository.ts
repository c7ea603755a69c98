import { Inject, Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import { BACKGROUND, ConnectionsDatabase } from '../database/connections-database.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import type { Owner } from '../values/owner.js';
import { findPowensUserOf, type PowensUserLease, type PowensUserState } from './powens-user.rows.js';
import { ownerTombstoneOf, tombstoneOf } from './tombstone.js';

/** The row of an owner for whom a Powens user is being created. */
type Reservation = Pick<PowensUserState, 'userId' | 'owner'>;

/**
 * Erases the rows of an owner, from the intent to the tombstone.
 *
 * @see TC-24
 * @internal
 */
@Injectable()
export class ErasureRepository {
  constructor(
    private readonly database: ConnectionsDatabase,
    @Inject(RESOLVED_OPTIONS) private readonly options: Pick<ResolvedOptions, 'auditTrail'>,
  ) {}

  /** Finds the Powens user of an owner in any status; a tombstone has no owner. */
  async find(owner: Owner): Promise<PowensUserState | null> {
    return findPowensUserOf(this.database, owner);
  }

  /**
   * Makes the owner's request durable: the token can no longer be used, and the user will be deleted at Powens, too. A user in
   * status `forgetting` is not changed: such a row never leads to a deletion at Powens.
   *
   * @param powensUser - as it was read and verified
   * @param authenticator - authorizes the erasure; a status that was edited in the database has none
   * @returns false when the row changed since
   */
  async begin(powensUser: PowensUserState, authenticator: string): Promise<boolean> {
    const { user } = this.database.tables;
    const rows = await this.database.query(
      sql`
      UPDATE ${user}
      SET status = 'erasing', status_reason = 'requested', authenticator = ${authenticator},
        leased_until = COALESCE(leased_until, now()), updated_at = now()
      WHERE id = ${powensUser.userId} AND status = ${powensUser.status} AND authenticator = ${powensUser.authenticator}
        AND status IN ('active', 'revoking', 'revoked', 'lost', 'erasing')
      RETURNING id`,
      { repeatable: true },
    );
    return rows.length === 1;
  }

  /**
   * Makes the decision durable to erase a lost Powens user here, and not at Powens.
   *
   * @returns false when it is no longer lost
   */
  async beginForgetting(userId: string): Promise<boolean> {
    const { user } = this.database.tables;
    const rows = await this.database.query(
      sql`
      UPDATE ${user}
      SET status = 'forgetting', leased_until = COALESCE(leased_until, now()), updated_at = now()
      WHERE id = ${userId} AND status IN ('lost', 'forgetting')
      RETURNING id`,
      { repeatable: true },
    );
    return rows.length === 1;
  }

  /** Finds reservations of Powens users that no process has held for `hours`, and that their owner did not use. */
  async findAbandoned(hours: number, limit: number): Promise<readonly Reservation[]> {
    const { user } = this.database.tables;
    const rows = await this.database.query<{ id: string; tenant: string; owner_id: string }>(
      sql`
      SELECT id, tenant, owner_id FROM ${user}
      WHERE instance = ${this.database.instance} AND status = 'provisioning'
        AND leased_until < now() - ${hours}::int * interval '1 hour'
      ORDER BY leased_until LIMIT ${limit}`,
      BACKGROUND,
    );
    return rows.map((row) => ({ userId: row.id, owner: { id: row.owner_id, tenant: row.tenant } }));
  }

  /**
   * Turns a reservation into a tombstone for a Powens user that may have been created: its process died, or the answer of
   * Powens was lost. The owner can have a new one.
   *
   * @param leaseToken - of the holder; null for a reservation whose lease ended
   */
  async loseReservation({ userId, owner }: Reservation, leaseToken: string | null): Promise<void> {
    const { user } = this.database.tables;
    await this.database.query(
      sql`UPDATE ${user}
        SET status = 'erased', status_reason = 'answer_lost', api_origin = NULL, client_id = NULL, lease_token = NULL,
          leased_until = NULL, tenant = '', owner_id = ${ownerTombstoneOf(userId, owner)},
          updated_at = now()
        WHERE id = ${userId} AND status = 'provisioning'
          AND (lease_token = ${leaseToken}::uuid OR leased_until <= now())`,
      { repeatable: true },
    );
  }

  /** Makes an erasure of an owner without a row durable for the audit trail, whose rows name the owner until they are anonymised. */
  async remember(owner: Owner): Promise<void> {
    if (this.options.auditTrail.anonymiseErased) {
      await this.database.query(this.insertErasure(owner), { repeatable: true });
    }
  }

  /** Nothing is stored of an owner whom the trail neither names nor may still be about to name. */
  private insertErasure({ id, tenant }: Owner): Sql {
    const { audit, auditErasure } = this.database.tables;
    const { instance } = this.database;
    return sql`INSERT INTO ${auditErasure} (owner_id, tenant, instance, erased_at)
      SELECT ${id}, ${tenant}, ${instance}, now()
      WHERE ${this.options.auditTrail.enabled}::boolean
        OR EXISTS (SELECT 1 FROM ${audit} WHERE owner_id = ${id} AND tenant = ${tenant} AND instance = ${instance})
      ON CONFLICT (owner_id, tenant, instance) DO UPDATE SET erased_at = EXCLUDED.erased_at`;
  }

  /** Deletes the connections and turns the row into its tombstone. Exactly one transaction succeeds, if the status is unchanged. */
  end(powensUser: PowensUserState, lease: PowensUserLease, tx: Transaction): void {
    const { user, connection, loss } = this.database.tables;
    const { userId, owner, powensUserId, status } = powensUser;
    if (this.options.auditTrail.anonymiseErased) {
      tx.add(this.insertErasure(owner), 'any');
    }
    tx.add(sql`DELETE FROM ${connection} WHERE user_id = ${userId}`, 'any');
    tx.add(
      sql`UPDATE ${loss} SET status = 'recovered', ended_at = now()
        WHERE user_id = ${userId} AND status IN ('suspected', 'held', 'granted')`,
      'any',
    );
    tx.add(
      sql`UPDATE ${user}
        SET status = 'erased', status_reason = NULL, sealed_token = NULL, key_id = NULL, authenticator = NULL, api_origin = NULL,
          client_id = NULL, lease_token = NULL, leased_until = NULL,
          tenant = '', owner_id = ${ownerTombstoneOf(userId, owner)},
          powens_user_id = ${powensUserId === null ? null : tombstoneOf(userId, powensUserId)}, updated_at = now()
        WHERE id = ${userId} AND lease_token = ${lease.leaseToken} AND status = ${status}
          AND status IN ('erasing', 'forgetting')`,
      1,
    );
  }
}
