import sql, { raw, type Sql } from 'sql-template-tag';
import type { DataSource } from 'typeorm';
import { ConfigurationError, ConnectionsError } from '../errors/index.js';
import { CONNECTIONS_ENTITIES, CONNECTIONS_MIGRATIONS } from './index.js';
import { storageError } from './session/storage-error.js';
import { inSchema, quoted, type Tables } from './tables.js';

/** Runs one statement. */
type Query = <Row>(statement: Sql) => Promise<Row[]>;

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
export async function locateTables(dataSource: DataSource, tables: Tables, query: Query): Promise<Tables> {
  const located: [string, Sql][] = [];
  for (const [name, table] of Object.entries<Sql>({ ...tables })) {
    const statement = sql`
      SELECT (
        SELECT nspname::text FROM pg_namespace
        WHERE oid = (SELECT relnamespace FROM pg_class WHERE oid = ${table.sql}::text::regclass)
      ) AS schema
      WHERE NOT EXISTS (SELECT 1 FROM ${table} WHERE 1 = 0)`;
    try {
      const [row] = await query<{ schema: string }>(statement);
      located.push([name, row === undefined ? table : inSchema(table, row.schema)]);
    } catch (error) {
      const failure = storageError(error);
      throw MISSING.has(failure.sqlState ?? '')
        ? schemaMissing(await repairOf(dataSource, query), name, table)
        : failure;
    }
  }
  return Object.fromEntries(located) as unknown as Tables;
}

async function repairOf(dataSource: DataSource, query: Query): Promise<string> {
  const { migrations } = dataSource;
  const isKnown = CONNECTIONS_MIGRATIONS.every((one) => migrations.some((known) => known instanceof one));
  if (!isKnown) {
    return 'Add ...CONNECTIONS_MIGRATIONS to the `migrations` of the DataSource, and run them before the application starts.';
  }
  const repair =
    'Run the migrations of the DataSource (typeorm migration:run, or migrationsRun: true) before the application starts.';
  return (await areListed(dataSource, query))
    ? `${repair} Its list of migrations has them already: if that is the list of another DataSource, with another entityPrefix, ` +
        'set migrationsTableName to a name of its own.'
    : repair;
}

/** Whether TypeORM takes the migrations for done. */
async function areListed({ options }: DataSource, query: Query): Promise<boolean> {
  const { schema, migrationsTableName = 'migrations' } = options as Placed;
  const list = raw([schema ?? [], migrationsTableName].flat().map(quoted).join('.'));
  const names = CONNECTIONS_MIGRATIONS.map((One) => new One().name);
  try {
    const rows = await query(sql`SELECT name FROM ${list} WHERE name = ANY(${names}::text[])`);
    return rows.length > 0;
  } catch {
    // No list: none has run.
    return false;
  }
}

/** Options that say where the list of migrations is. */
interface Placed {
  readonly schema?: string;
  readonly migrationsTableName?: string;
}

function schemaMissing(repair: string, name: string, table: Sql): ConnectionsError {
  return new ConnectionsError(
    'schema_missing',
    `ConnectionsModule: the table for ${name} (${table.sql}) is missing. ${repair}`,
  );
}

function unusable(problem: string): ConfigurationError {
  return new ConfigurationError('dataSource', problem);
}
