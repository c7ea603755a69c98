import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { ConnectionsDatabase } from '../database/connections-database.js';
import type { ConnectionMetadata } from '../values/metadata.js';
import type { Owner } from '../values/owner.js';

/**
 * Metadata that the application stores with a connection. It is not compared with Powens, so writing it conflicts with no
 * other change.
 *
 * @see F4
 * @internal
 */
@Injectable()
export class ConnectionMetadataRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /** Reads the metadata of an owner's connection, or null when there is no such connection. */
  async find(owner: Owner, id: string): Promise<ConnectionMetadata | null> {
    const { connection } = this.database.tables;
    const [row] = await this.database.query<{ metadata: string | null }>(sql`
      SELECT metadata FROM ${connection}
      WHERE id = ${id} AND instance = ${this.database.instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}
        AND status = 'active'`);
    return row === undefined ? null : readMetadata(row.metadata);
  }

  /** Replaces the metadata of an owner's connection. @returns false when there is no such connection */
  async replace(owner: Owner, id: string, metadata: ConnectionMetadata): Promise<boolean> {
    const { connection } = this.database.tables;
    const rows = await this.database.query(
      sql`
      UPDATE ${connection} SET metadata = ${JSON.stringify(metadata)}
      WHERE id = ${id} AND instance = ${this.database.instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}
        AND status = 'active'
      RETURNING id`,
      { repeatable: true },
    );
    return rows.length === 1;
  }
}

function readMetadata(kept: string | null): ConnectionMetadata {
  return kept === null ? {} : (JSON.parse(kept) as ConnectionMetadata);
}
