import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { ConnectionsDatabase, type StatementPolicy } from '../database/connections-database.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { OwnedPowensUser } from '../values/owned-powens-user.js';
import type { Owner } from '../values/owner.js';
import type { ProviderBinding } from '../values/provider-binding.js';
import type { BoundRow } from './crypto/encryption-context.js';
import type { SealedToken } from './sealed-token.js';

/** Unique key: one Powens user per owner. */
export const OWNER_KEY = 'powens_user_owner_key';

/** Unique key: one owner per Powens user (OA-14). */
export const POWENS_USER_KEY = 'powens_user_powens_user_key';

/** A row to insert. The token is sealed before a row exists (TC-16). */
export interface NewPowensUser extends OwnedPowensUser, SealedToken {
  readonly instance: string;
  readonly owner: Owner;
  readonly renewable: boolean;
}

/** A Powens user in use, of any owner. */
type PowensUserOfOwner = OwnedPowensUser & { readonly owner: Owner };

interface PowensUserRow {
  id: string;
  powens_user_id: string;
  api_origin: string;
  client_id: string;
  sealed_token: string;
}

const COLUMNS = sql`id, powens_user_id, api_origin, client_id, sealed_token`;

/** A row with its authenticator. */
export interface AuthenticatedRow extends BoundRow {
  readonly status: string;
  readonly authenticator: string | null;
}

interface AuthenticatedRowColumns {
  id: string;
  tenant: string;
  owner_id: string;
  status: string;
  powens_user_id: string;
  api_origin: string;
  client_id: string;
  authenticator: string | null;
}

/**
 * Rows of sealed access tokens: the TypeORM repository of token custody.
 *
 * @internal
 */
@Injectable()
export class PowensUserRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /** Finds the Powens user of an owner, or null while there is none. */
  async find(owner: Owner): Promise<OwnedPowensUser | null> {
    const { user } = this.database.tables;
    const [row] = await this.database.query<PowensUserRow>(sql`
      SELECT ${COLUMNS} FROM ${user}
      WHERE instance = ${this.database.instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id} AND status = 'active'`);
    return row === undefined ? null : powensUserOf(row);
  }

  /** Finds the newest Powens user in use, of any owner, or null while there is none. */
  async findNewest(): Promise<PowensUserOfOwner | null> {
    return this.findActive(sql`ORDER BY id DESC LIMIT 1`);
  }

  /** Finds the row of a Powens user, with its token; null when there is no row or no token. */
  async findByPowensUser(powensUserId: string): Promise<PowensUserOfOwner | null> {
    return this.findActive(sql`AND powens_user_id = ${powensUserId}`);
  }

  /** Adds a row. Never an upsert: it could overwrite another owner's token (TC-18). */
  insert(row: NewPowensUser, tx: Transaction): void {
    const { user } = this.database.tables;
    tx.add(
      sql`INSERT INTO ${user} (
          id, instance, tenant, owner_id, powens_user_id, api_origin, client_id, authenticator, status, renewable,
          sealed_token, key_id, created_at, updated_at
        ) VALUES (
          ${row.userId}, ${row.instance}, ${row.owner.tenant}, ${row.owner.id}, ${row.powensUserId},
          ${row.provider.apiOrigin}, ${row.provider.clientId}, ${row.authenticator}, 'active', ${row.renewable},
          ${row.sealedToken}, ${row.keyId}, now(), now()
        )`,
      1,
    );
  }

  /**
   * Replaces the token that was read, unless another process holds the lease of the row: compare-and-set on the old
   * ciphertext.
   */
  replace(userId: string, old: string | null, sealed: SealedToken, tx: Transaction): void {
    const { user } = this.database.tables;
    tx.add(
      sql`UPDATE ${user}
        SET sealed_token = ${sealed.sealedToken}, key_id = ${sealed.keyId}, authenticator = ${sealed.authenticator},
          status = 'active', status_reason = NULL, updated_at = now(), lease_token = NULL, leased_until = NULL
        WHERE id = ${userId} AND status IN ('active', 'revoked', 'lost') AND sealed_token IS NOT DISTINCT FROM ${old}
          AND (lease_token IS NULL OR leased_until <= now())`,
      1,
    );
  }

  /**
   * Finds which of these users at Powens have no row here.
   *
   * @param minAgeSeconds - minimum age, where the age is known
   */
  async findOrphans(
    listed: readonly { readonly id: string; readonly signin: Date | null }[],
    minAgeSeconds: number,
  ): Promise<readonly string[]> {
    const { user } = this.database.tables;
    const rows = await this.database.query<{ id: string }>(sql`
      SELECT listed.id
      FROM unnest(
        ${listed.map(({ id }) => id)}::text[], ${listed.map(({ signin }) => signin)}::timestamptz[]
      ) WITH ORDINALITY AS listed (id, signin, place)
      WHERE (listed.signin IS NULL OR listed.signin < now() - ${minAgeSeconds}::int * interval '1 second')
        AND NOT EXISTS (SELECT 1 FROM ${user} kept WHERE kept.instance = ${this.database.instance} AND kept.powens_user_id = listed.id)
      ORDER BY listed.place`);
    return rows.map(({ id }) => id);
  }

  /** Lists the keys that seal a token, or that made the authenticator where there is none: one index step per key. */
  async findKeyIds(policy: StatementPolicy = {}): Promise<readonly string[]> {
    const { user } = this.database.tables;
    const next = (after: Sql): Sql => sql`(
      SELECT kept.key_id FROM ${user} kept
      WHERE kept.instance = ${this.database.instance} AND kept.key_id IS NOT NULL ${after} ORDER BY kept.key_id LIMIT 1
    )`;
    const rows = await this.database.query<{ key_id: string }>(
      sql`
      WITH RECURSIVE used (key_id) AS (
        SELECT ${next(sql``)}
        UNION ALL SELECT ${next(sql`AND kept.key_id > used.key_id`)} FROM used WHERE used.key_id IS NOT NULL
      )
      SELECT key_id FROM used WHERE key_id IS NOT NULL`,
      { ...policy, repeatable: true },
    );
    return rows.map((row) => row.key_id);
  }

  /**
   * Finds rows of Powens users that belong to another provider. Four ranges of the index on (instance, api_origin,
   * client_id): other origins, and other clients of this one. The cost does not depend on the number of rows.
   *
   * @param limit - most rows of each range
   */
  async findOfOtherProviders(
    { apiOrigin, clientId }: ProviderBinding,
    limit: number,
    policy: StatementPolicy = {},
  ): Promise<readonly AuthenticatedRow[]> {
    const { user } = this.database.tables;
    // Ordered as the index is, so that no statistics can make another plan look cheaper. Not compared as a pair: PostgreSQL
    // would scan all rows that are equal in the first part for one that is smaller in the second.
    const range = (which: Sql): Sql => sql`(
      SELECT id, tenant, owner_id, status, powens_user_id, api_origin, client_id, authenticator FROM ${user}
      WHERE instance = ${this.database.instance} AND ${which} AND api_origin IS NOT NULL AND powens_user_id IS NOT NULL
      ORDER BY instance, api_origin, client_id LIMIT ${limit})`;
    const rows = await this.database.query<AuthenticatedRowColumns>(
      sql`${range(sql`api_origin < ${apiOrigin}`)} UNION ALL ${range(sql`api_origin > ${apiOrigin}`)}
        UNION ALL ${range(sql`api_origin = ${apiOrigin} AND client_id < ${clientId}`)}
        UNION ALL ${range(sql`api_origin = ${apiOrigin} AND client_id > ${clientId}`)}`,
      { ...policy, repeatable: true },
    );
    return rows.map((row) => ({
      userId: row.id,
      owner: { id: row.owner_id, tenant: row.tenant },
      status: row.status,
      powensUserId: row.powens_user_id,
      provider: { apiOrigin: row.api_origin, clientId: row.client_id },
      authenticator: row.authenticator,
    }));
  }

  /** Counts the rows by the key that seals them, or that made the authenticator where there is no token. */
  async countByKey(): Promise<ReadonlyMap<string, number>> {
    const { user } = this.database.tables;
    const rows = await this.database.query<{ key_id: string; rows: number }>(sql`
      SELECT key_id, count(*)::int AS rows FROM ${user}
      WHERE instance = ${this.database.instance} AND key_id IS NOT NULL GROUP BY key_id`);
    return new Map(rows.map((row) => [row.key_id, row.rows]));
  }

  private async findActive(which: Sql): Promise<PowensUserOfOwner | null> {
    const { user } = this.database.tables;
    const [row] = await this.database.query<PowensUserRow & { tenant: string; owner_id: string }>(sql`
      SELECT ${COLUMNS}, tenant, owner_id FROM ${user}
      WHERE instance = ${this.database.instance} AND status = 'active' ${which}`);
    return row === undefined
      ? null
      : { ...powensUserOf(row), owner: { id: row.owner_id, tenant: row.tenant } };
  }
}

function powensUserOf(row: PowensUserRow): OwnedPowensUser {
  return {
    userId: row.id,
    powensUserId: row.powens_user_id,
    provider: { apiOrigin: row.api_origin, clientId: row.client_id },
    sealedToken: row.sealed_token,
  };
}
