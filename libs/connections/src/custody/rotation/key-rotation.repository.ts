import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { ConnectionsDatabase } from '../../database/connections-database.js';
import type { SealedRow } from '../sealed-row.js';
import {
  MAC_COLUMNS,
  macRowOf,
  sealedRowOf,
  type MacColumns,
  type MacRow,
  type RemadeMacs,
  type Resealed,
  type SealedColumns,
  type SealedPage,
} from './key-rotation.rows.js';

/** Sorts before every id. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Rows of Powens users for key rotation: by key, in batches, in the order of their ids. And the authenticators of connections, which
 * `connections doctor` reads, too: no index contains their keys, since each connection is written at every synchronisation, and
 * keys change about once a year.
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

  /** Reads the authenticators of all connections in the order of the ids, page by page. */
  async *connectionPages(limit: number): AsyncGenerator<readonly MacRow[], void> {
    let afterId = FIRST_ID;
    for (;;) {
      const rows = await this.selectMacs(
        sql`instance = ${this.database.instance} AND id > ${afterId} ORDER BY id LIMIT ${limit}`,
      );
      const last = rows.at(-1);
      if (last === undefined) {
        return;
      }
      yield rows;
      afterId = last.id;
    }
  }

  /** Finds connections whose row has a status of deletion. */
  async findDeleting(limit: number): Promise<readonly MacRow[]> {
    return this.selectMacs(
      sql`instance = ${this.database.instance} AND status = 'deleting' AND leased_until IS NOT NULL ORDER BY leased_until LIMIT ${limit}`,
    );
  }

  /** Counts connections by the keys that their authenticators need. */
  async countConnectionsByKey(): Promise<ReadonlyMap<string, number>> {
    const { connection } = this.database.tables;
    const rows = await this.database.query<{ key_id: string; rows: number }>(sql`
      SELECT needed.key_id, count(*)::int AS rows
      FROM ${connection} kept, LATERAL (
        SELECT split_part(kept.authenticator, '.', 3) AS key_id
        UNION SELECT split_part(kept.removal_authenticator, '.', 3) WHERE kept.removal_authenticator IS NOT NULL
      ) needed
      WHERE kept.instance = ${this.database.instance} GROUP BY needed.key_id`);
    return new Map(rows.map((row) => [row.key_id, row.rows]));
  }

  /**
   * Replaces authenticators of connections, unless the row changed since it was read.
   *
   * @returns how many were replaced
   */
  async replaceMacs(batch: readonly RemadeMacs[]): Promise<number> {
    const { connection } = this.database.tables;
    const rows = await this.database.query(sql`
      UPDATE ${connection} kept SET authenticator = v.authenticator, removal_authenticator = v.removal
      FROM unnest(
        ${batch.map(({ row }) => row.id)}::uuid[],
        ${batch.map(({ row }) => row.authenticator)}::text[],
        ${batch.map(({ row }) => row.removal?.authenticator ?? null)}::text[],
        ${batch.map(({ authenticator }) => authenticator)}::text[],
        ${batch.map(({ removalAuthenticator }) => removalAuthenticator)}::text[]
      ) AS v (id, old, old_removal, authenticator, removal)
      WHERE kept.id = v.id AND kept.authenticator = v.old AND kept.removal_authenticator IS NOT DISTINCT FROM v.old_removal
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
    const rows = await this.database.query<SealedColumns>(sql`
      SELECT id, tenant, owner_id, status, powens_user_id, api_origin, client_id, sealed_token, authenticator, key_id
      FROM ${user}
      WHERE instance = ${instance} AND ${which} AND id > ${afterId}
      ORDER BY id LIMIT ${limit}`);
    return rows.map(sealedRowOf);
  }

  private async selectMacs(where: Sql): Promise<readonly MacRow[]> {
    const { connection } = this.database.tables;
    const rows = await this.database.query<MacColumns>(
      sql`SELECT ${MAC_COLUMNS} FROM ${connection} WHERE ${where}`,
    );
    return rows.map(macRowOf);
  }
}
