import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { ConnectionsDatabase } from '../database/connections-database.js';
import type { SealedRow } from './sealed-row.js';

/** An envelope to put in place of another. */
export interface Resealed {
  readonly userId: string;
  /** The envelope it was made from: in another one's place it must not go. */
  readonly old: string;
  readonly sealedToken: string;
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
  sealed_token: string;
  key_id: string;
}

/** Id before all others. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Rows of sealed tokens as key rotation sees them: by key, in batches, in the order of their ids.
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

  /** Reads all rows, page by page. Ids only go up, so that it ends whatever is written meanwhile. */
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
   * Rows that are being changed are left out instead of waited for, so that neither two rotations nor a rotation and a
   * renewal can block one another. That goes for rows under a lease too: a renewal under way compares with the envelope
   * that it began with, and Powens has revoked the token in there already.
   *
   * @returns how many were replaced
   */
  async replace(batch: readonly Resealed[], keyId: string): Promise<number> {
    const { user } = this.database.tables;
    // Arrays, not VALUES: the text is the same for every size of batch, so it is parsed once.
    const rows = await this.database.query(sql`
      WITH target AS MATERIALIZED (
        SELECT u.id, v.sealed
        FROM unnest(
          ${batch.map(({ userId }) => userId)}::uuid[],
          ${batch.map(({ old }) => old)}::text[],
          ${batch.map(({ sealedToken }) => sealedToken)}::text[]
        ) AS v (id, old, sealed)
        JOIN ${user} u ON u.id = v.id
        WHERE u.sealed_token = v.old AND (u.lease_token IS NULL OR u.leased_until <= now())
        FOR NO KEY UPDATE OF u SKIP LOCKED
      )
      UPDATE ${user} u SET sealed_token = target.sealed, key_id = ${keyId}
      FROM target WHERE u.id = target.id
      RETURNING 1`);
    return rows.length;
  }

  private async findAfter(
    afterId: string,
    { instance, keyId, limit }: SealedPage,
  ): Promise<readonly SealedRow[]> {
    const { user } = this.database.tables;
    // By key, this walks the index on (instance, key_id, id): a batch costs the same at the start and at the end.
    const which: Sql = keyId === null ? sql`key_id IS NOT NULL` : sql`key_id = ${keyId}`;
    const rows = await this.database.query<Row>(sql`
      SELECT id, tenant, owner_id, sealed_token, key_id FROM ${user}
      WHERE instance = ${instance} AND ${which} AND id > ${afterId} AND sealed_token IS NOT NULL
      ORDER BY id LIMIT ${limit}`);
    return rows.map(sealedRowOf);
  }
}

function sealedRowOf(row: Row): SealedRow {
  return {
    userId: row.id,
    owner: { id: row.owner_id, tenant: row.tenant },
    sealedToken: row.sealed_token,
    keyId: row.key_id,
  };
}
