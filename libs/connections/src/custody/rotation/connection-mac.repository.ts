import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { ConnectionsDatabase } from '../../database/connections-database.js';
import type { BoundConnection, RemovalReason } from '../../values/verified-ids.js';

/** A row of a connection with its authenticators. */
export interface MacRow extends BoundConnection {
  readonly authenticator: string;
  /** Authorizes its deletion at Powens for one reason; null when no deletion is authorized. */
  readonly removal: { readonly authenticator: string; readonly reason: RemovalReason } | null;
}

/** Authenticators that replace others. */
export interface RemadeMacs {
  readonly row: MacRow;
  readonly authenticator: string;
  readonly removalAuthenticator: string | null;
}

interface Row {
  id: string;
  user_id: string;
  powens_connection_id: string;
  removal_reason: string | null;
  authenticator: string;
  removal_authenticator: string | null;
}

const COLUMNS = sql`id, user_id, powens_connection_id, removal_reason, authenticator, removal_authenticator`;

/** Sorts before every id. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Authenticators of connections, as key rotation and `connections-doctor` read them. No index contains their keys: each connection is
 * written at every synchronisation, and keys change about once a year.
 *
 * @internal
 */
@Injectable()
export class ConnectionMacRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /** Reads all rows in the order of their ids, page by page. */
  async *pages(limit: number): AsyncGenerator<readonly MacRow[], void> {
    let afterId = FIRST_ID;
    for (;;) {
      const rows = await this.select(
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
    return this.select(
      sql`instance = ${this.database.instance} AND status = 'deleting' AND leased_until IS NOT NULL ORDER BY leased_until LIMIT ${limit}`,
    );
  }

  /** Counts rows by the keys that their authenticators need. */
  async countByKey(): Promise<ReadonlyMap<string, number>> {
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
   * Replaces authenticators, unless the row changed since it was read.
   *
   * @returns how many were replaced
   */
  async replace(batch: readonly RemadeMacs[]): Promise<number> {
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

  private async select(where: Sql): Promise<readonly MacRow[]> {
    const { connection } = this.database.tables;
    const rows = await this.database.query<Row>(sql`SELECT ${COLUMNS} FROM ${connection} WHERE ${where}`);
    return rows.map(macRowOf);
  }
}

/** A row in quarantine has no reason yet: its removal authenticator covers the reason `unconfirmed`. */
function macRowOf(row: Row): MacRow {
  const authenticator = row.removal_authenticator;
  const reason = row.removal_reason === 'requested' ? 'requested' : 'unconfirmed';
  return {
    id: row.id,
    userId: row.user_id,
    powensConnectionId: row.powens_connection_id,
    authenticator: row.authenticator,
    removal: authenticator === null ? null : { authenticator, reason },
  };
}
