import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { ConnectionsDatabase } from '../database/connections-database.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { Owner } from '../values/owner.js';
import type { AccountLease, AccountState } from './account.repository.js';
import { tombstoneOf } from './tombstone.js';

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
   * Makes the intent durable: from here on the token cannot be used.
   *
   * @returns id of the account, or null when the owner has none
   */
  async begin(instance: string, owner: Owner): Promise<string | null> {
    const { user } = this.database.tables;
    const [row] = await this.database.query<{ id: string }>(
      sql`
      UPDATE ${user}
      SET status = 'erasing', leased_until = COALESCE(leased_until, now()), updated_at = now()
      WHERE instance = ${instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}
        AND status IN ('active', 'revoking', 'revoked', 'erasing')
      RETURNING id`,
      { repeatable: true },
    );
    return row?.id ?? null;
  }

  /**
   * As {@link ErasureRepository.begin}, of one account: the owner may have another by now. The sweeper leaves it alone for a
   * minute, since it would ask Powens.
   */
  async beginOf(userId: string): Promise<void> {
    const { user } = this.database.tables;
    await this.database.query(
      sql`
      UPDATE ${user}
      SET status = 'erasing', leased_until = COALESCE(leased_until, now() + interval '1 minute'), updated_at = now()
      WHERE id = ${userId} AND status IN ('active', 'revoked')`,
      { repeatable: true },
    );
  }

  /** Turns the account into its tombstone, connections gone. Exactly one transaction does it. */
  end(account: AccountState, lease: AccountLease, tx: Transaction): void {
    const { user, connection } = this.database.tables;
    const { userId, owner, powensUserId } = account;
    tx.add(sql`DELETE FROM ${connection} WHERE user_id = ${userId}`, 'any');
    tx.add(
      sql`UPDATE ${user}
        SET status = 'erased', sealed_token = NULL, key_id = NULL, lease_token = NULL, leased_until = NULL,
          tenant = '', owner_id = ${tombstoneOf(userId, `${owner.tenant}\u0000${owner.id}`)},
          powens_user_id = ${powensUserId === null ? null : tombstoneOf(userId, powensUserId)}, updated_at = now()
        WHERE id = ${userId} AND lease_token = ${lease.leaseToken} AND status = 'erasing'`,
      1,
    );
  }
}
