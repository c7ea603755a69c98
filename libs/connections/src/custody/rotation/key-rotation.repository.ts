import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { ConnectionsDatabase } from '../../database/connections-database.js';
import type { SealedRow } from '../sealed-row.js';

/** An envelope to put in place of another. */
export interface Resealed {
  readonly userId: string;
  /** The envelope that it replaces: it must not replace any other. */
  readonly old: Pick<SealedRow, 'sealedToken' | 'authenticator'>;
  readonly sealedToken: string | null;
  readonly authenticator: string;
}

/** Which rows, and how many at a time. */
export interface SealedPage {
  readonly instance: string;
  /** Only rows of this key; null for any. */
  readonly keyId: string | null;
  readonly limit: number;
}

interface Row {
  id: string;
  tenant: string;
  owner_id: string;
  status: string;
  powens_user_id: string;
  api_origin: string;
  client_id: string;
  sealed_token: string | null;
  authenticator: string | null;
  key_id: string;
}

/** Sorts before every id. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Rows of Powens users for key rotation: by key, in batches, in the order of their ids.
 *
 * @internal
 */
@Injectable()
export class KeyRotationRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /** Reads the first rows. */
  async findFirst(page: SealedPage): Promise<readonly SealedRow[]> {
    return this.findAfter(FIRST_ID, page);
  }

  /** Reads all rows, page by page. The ids only increase, so the loop ends even if rows are written meanwhile. */
  async *pages(page: SealedPage): AsyncGenerator<readonly SealedRow[], void> {
    let afterId = FIRST_ID;
    for (;;) {
      const rows = await this.findAfter(afterId, page);
      const last = rows.at(-1);
      if (last === undefined) {
        return;
      }
      yield rows;
      afterId = last.userId;
    }
  }

  /**
   * Replaces envelopes: compare-and-set on the old ciphertext, in one statement for the whole batch.
   *
   * Locked rows are skipped, so that neither two rotations nor a rotation and a renewal can block one another. Rows under a
   * lease are skipped, too: a renewal in progress compares with the envelope that it read, and Powens has already revoked
   * the token in it.
   *
   * @returns how many were replaced
   */
  async replace(batch: readonly Resealed[], keyId: string): Promise<number> {
    const { user } = this.database.tables;
    // Arrays, not VALUES: the statement is the same for every batch size, so it is parsed once.
    const rows = await this.database.query(sql`
      WITH target AS MATERIALIZED (
        SELECT u.id, v.sealed, v.authenticator
        FROM unnest(
          ${batch.map(({ userId }) => userId)}::uuid[],
          ${batch.map(({ old }) => old.sealedToken)}::text[],
          ${batch.map(({ old }) => old.authenticator)}::text[],
          ${batch.map(({ sealedToken }) => sealedToken)}::text[],
          ${batch.map(({ authenticator }) => authenticator)}::text[]
        ) AS v (id, old, old_authenticator, sealed, authenticator)
        JOIN ${user} u ON u.id = v.id
        WHERE u.sealed_token IS NOT DISTINCT FROM v.old AND u.authenticator = v.old_authenticator
          AND (u.lease_token IS NULL OR u.leased_until <= now())
        FOR NO KEY UPDATE OF u SKIP LOCKED
      )
      UPDATE ${user} u SET sealed_token = target.sealed, authenticator = target.authenticator, key_id = ${keyId}
      FROM target WHERE u.id = target.id
      RETURNING 1`);
    return rows.length;
  }

  /**
   * Removes the use of a lost key from rows: the token is deleted, since nothing can open it, and the row is authenticated
   * again. A row that is being erased keeps its status.
   *
   * @returns the number of rows
   */
  async abandon(
    lostKeyId: string,
    batch: readonly { readonly userId: string; readonly authenticator: string }[],
    keyId: string,
  ): Promise<number> {
    const { user } = this.database.tables;
    const rows = await this.database.query(sql`
      UPDATE ${user} u
      SET sealed_token = NULL, authenticator = v.authenticator, key_id = ${keyId}, updated_at = now(),
        status = CASE WHEN u.status = 'erasing' THEN u.status ELSE 'revoked' END,
        lease_token = CASE WHEN u.status = 'erasing' THEN u.lease_token END,
        leased_until = CASE WHEN u.status = 'erasing' THEN u.leased_until END
      FROM unnest(
        ${batch.map(({ userId }) => userId)}::uuid[],
        ${batch.map(({ authenticator }) => authenticator)}::text[]
      ) AS v (id, authenticator)
      WHERE u.id = v.id AND u.key_id = ${lostKeyId}
      RETURNING 1`);
    return rows.length;
  }

  private async findAfter(
    afterId: string,
    { instance, keyId, limit }: SealedPage,
  ): Promise<readonly SealedRow[]> {
    const { user } = this.database.tables;
    // With a key, this reads the index on (instance, key_id, id): each batch costs the same.
    const which: Sql = keyId === null ? sql`key_id IS NOT NULL` : sql`key_id = ${keyId}`;
    const rows = await this.database.query<Row>(sql`
      SELECT id, tenant, owner_id, status, powens_user_id, api_origin, client_id, sealed_token, authenticator, key_id
      FROM ${user}
      WHERE instance = ${instance} AND ${which} AND id > ${afterId}
      ORDER BY id LIMIT ${limit}`);
    return rows.map(sealedRowOf);
  }
}

function sealedRowOf(row: Row): SealedRow {
  return {
    userId: row.id,
    owner: { id: row.owner_id, tenant: row.tenant },
    status: row.status,
    powensUserId: row.powens_user_id,
    provider: { apiOrigin: row.api_origin, clientId: row.client_id },
    sealedToken: row.sealed_token,
    authenticator: row.authenticator,
    keyId: row.key_id,
  };
}
