import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase } from '../database/connections-database.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { PowensUserLease, PowensUserState } from './powens-user-lease.repository.js';
import { tombstoneOf } from './tombstone.js';

/** The two ways to a tombstone. Only `erasing` leads past Powens. */
export type ErasureStatus = 'erasing' | 'forgetting';

/**
 * Rows of owners who leave.
 *
 * @see TC-24
 * @internal
 */
@Injectable()
export class ErasureRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /**
   * Makes the owner's request durable: from here on the token cannot be used, and the user is deleted at Powens, too. A user that
   * is being forgotten is left to that: such a row never leads to a deletion at Powens.
   *
   * @param account - as it was found and verified
   * @param authenticator - allows the erasure; a status that is edited by hand has none
   * @returns false when the account is another one by now
   */
  async begin(account: PowensUserState, authenticator: string): Promise<boolean> {
    const { user } = this.database.tables;
    const rows = await this.database.query(
      sql`
      UPDATE ${user}
      SET status = 'erasing', status_reason = 'requested', authenticator = ${authenticator},
        leased_until = COALESCE(leased_until, now()), updated_at = now()
      WHERE id = ${account.userId} AND status = ${account.status} AND authenticator = ${account.authenticator}
        AND status IN ('active', 'revoking', 'revoked', 'lost', 'erasing')
      RETURNING id`,
      { repeatable: true },
    );
    return rows.length === 1;
  }

  /**
   * Makes it durable that a lost Powens user is forgotten, here and nowhere else.
   *
   * @returns false when it is not lost any more
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

  /** Finds reservations of Powens users that no process holds since `hours`, and that their owner did not come back for. */
  async findAbandoned(
    hours: number,
    limit: number,
  ): Promise<readonly Pick<PowensUserState, 'userId' | 'owner'>[]> {
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
   * Turns a reservation into a tombstone that counts a Powens user which was perhaps made: its process died, or the answer of
   * Powens was lost. The owner is free for a new one.
   *
   * @param leaseToken - of the holder; null for a reservation whose lease ended
   */
  async loseReservation(
    { userId, owner }: Pick<PowensUserState, 'userId' | 'owner'>,
    leaseToken: string | null,
  ): Promise<void> {
    const { user } = this.database.tables;
    await this.database.query(
      sql`UPDATE ${user}
        SET status = 'erased', status_reason = 'answer_lost', api_origin = NULL, client_id = NULL, lease_token = NULL,
          leased_until = NULL, tenant = '', owner_id = ${tombstoneOf(userId, `${owner.tenant}\u0000${owner.id}`)},
          updated_at = now()
        WHERE id = ${userId} AND status = 'provisioning'
          AND (lease_token = ${leaseToken}::uuid OR leased_until <= now())`,
      { repeatable: true },
    );
  }

  /** Turns the row into its tombstone, connections gone. Exactly one transaction does it, in the status that it began with. */
  end(account: PowensUserState, lease: PowensUserLease, tx: Transaction): void {
    const { user, connection, loss } = this.database.tables;
    const { userId, owner, powensUserId, status } = account;
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
          tenant = '', owner_id = ${tombstoneOf(userId, `${owner.tenant}\u0000${owner.id}`)},
          powens_user_id = ${powensUserId === null ? null : tombstoneOf(userId, powensUserId)}, updated_at = now()
        WHERE id = ${userId} AND lease_token = ${lease.leaseToken} AND status = ${status}
          AND status IN ('erasing', 'forgetting')`,
      1,
    );
  }
}
