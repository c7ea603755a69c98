import type { Sql } from 'sql-template-tag';
import type { DataSource } from 'typeorm';
import { ConfigurationError, ConnectionsError } from '../errors/index.js';
import { CONNECTIONS_ENTITIES, CONNECTIONS_MIGRATIONS } from './index.js';
import { storageError } from './session/storage-error.js';
import type { Tables } from './tables.js';

/** SQLSTATEs of a table and of a schema that do not exist. */
const MISSING = new Set(['42P01', '3F000']);

/**
 * Checks what a DataSource is, and knows: PostgreSQL, connected, with the library's entities.
 *
 * @throws ConfigurationError with the repair in its message
 */
export function assertUsableDataSource(dataSource: DataSource): void {
  const { type } = dataSource.options;
  if (type !== 'postgres') {
    throw unusable(
      `is of type "${type}"; only "postgres" is supported. If the application has another DataSource for PostgreSQL, name it here.`,
    );
  }
  if (!dataSource.isInitialized) {
    throw unusable('is not initialised yet. Initialise it before app.init() or app.listen().');
  }
  const unknown = CONNECTIONS_ENTITIES.filter((entity) => !dataSource.hasMetadata(entity));
  if (unknown.length > 0) {
    const names = unknown.map(({ name }) => name).join(', ');
    throw unusable(
      `does not know ${names}. Add ...CONNECTIONS_ENTITIES to its \`entities\`, or set autoLoadEntities: true.`,
    );
  }
}

/**
 * Checks that the library's tables exist.
 *
 * @throws ConnectionsError `schema_missing` with the repair in its message
 */
export async function assertTablesExist(dataSource: DataSource, tables: Tables): Promise<void> {
  for (const [name, table] of Object.entries(tables) as [string, Sql][]) {
    try {
      await dataSource.query(`SELECT 1 FROM ${table.sql} WHERE 1 = 0`);
    } catch (error) {
      const failure = storageError(error);
      throw MISSING.has(failure.sqlState ?? '') ? schemaMissing(dataSource, name, table) : failure;
    }
  }
}

function schemaMissing({ migrations }: DataSource, name: string, table: Sql): ConnectionsError {
  const isKnown = CONNECTIONS_MIGRATIONS.every((one) => migrations.some((known) => known instanceof one));
  const repair = isKnown
    ? 'Run the migrations of the DataSource (typeorm migration:run, or migrationsRun: true) before the application starts.'
    : 'Add ...CONNECTIONS_MIGRATIONS to the `migrations` of the DataSource, and run them before the application starts.';
  return new ConnectionsError(
    'schema_missing',
    `ConnectionsModule: the table for ${name} (${table.sql}) is missing. ${repair}`,
  );
}

function unusable(problem: string): ConfigurationError {
  return new ConfigurationError('dataSource', problem);
}
