import { TableColumn, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';
import { columnsOf, keyName, nullable, path, type Columns } from './schema-tools.js';

/** Who acted for the owner, and what the application wants to remember: from the attempt to the connection. */
const DESCRIPTION: Columns = {
  connected_by: nullable('varchar', 255),
  metadata: nullable('text'),
};
const CONNECTION_COLUMNS: Columns = { ...DESCRIPTION, silence_told: nullable('timestamptz') };

/**
 * Adds who connected, metadata, and which silence of a connection was told.
 *
 * @public
 */
export class DescribeConnections1790200000000 implements MigrationInterface {
  name = 'DescribeConnections1790200000000';

  async up(runner: QueryRunner): Promise<void> {
    const connection = path(runner, 'powens_connection');
    await runner.addColumns(path(runner, 'powens_attempt'), added(DESCRIPTION));
    await runner.addColumns(connection, added(CONNECTION_COLUMNS));
    const name = keyName(runner, 'powens_connection_synced_idx');
    await runner.createIndex(
      connection,
      new TableIndex({ name, columnNames: ['instance', 'last_synced_at'] }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    const connection = path(runner, 'powens_connection');
    await runner.dropIndex(connection, keyName(runner, 'powens_connection_synced_idx'));
    await runner.dropColumns(connection, Object.keys(CONNECTION_COLUMNS));
    await runner.dropColumns(path(runner, 'powens_attempt'), Object.keys(DESCRIPTION));
  }
}

function added(columns: Columns): TableColumn[] {
  return columnsOf(columns).map((options) => new TableColumn(options));
}
