import sql, { type Sql } from 'sql-template-tag';
import type { DataSource } from 'typeorm';
import { ConfigurationError, ConnectionsError } from '../errors/index.js';
import { CONNECTIONS_ENTITIES, CONNECTIONS_MIGRATIONS } from './index.js';
import { storageError } from './session/storage-error.js';
import { inSchema, type Tables } from './tables.js';

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
 * Checks that the library's tables exist, and finds the schema of each.
 *
 * @returns the tables with their schemas: whatever `search_path` the application leaves on a session, they are found there
 * @throws ConnectionsError `schema_missing` with the repair in its message; StorageError
 */
export async function locateTables(
  dataSource: DataSource,
  tables: Tables,
  query: (statement: Sql) => Promise<{ schema: string }[]>,
): Promise<Tables> {
  const located: [string, Sql][] = [];
  for (const [name, table] of Object.entries<Sql>({ ...tables })) {
    const statement = sql`
      SELECT (
        SELECT nspname::text FROM pg_namespace
        WHERE oid = (SELECT relnamespace FROM pg_class WHERE oid = ${table.sql}::text::regclass)
      ) AS schema
      WHERE NOT EXISTS (SELECT 1 FROM ${table} WHERE 1 = 0)`;
    try {
      const [row] = await query(statement);
      located.push([name, row === undefined ? table : inSchema(table, row.schema)]);
    } catch (error) {
      const failure = storageError(error);
      throw MISSING.has(failure.sqlState ?? '') ? schemaMissing(dataSource, name, table) : failure;
    }
  }
  return Object.fromEntries(located) as unknown as Tables;
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
