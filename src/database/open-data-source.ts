import { DataSource, QueryFailedError, type DataSourceOptions } from 'typeorm';
import type { DatabaseConfig } from '../config/app.config.js';
import { OtherSchemaError } from './other-schema.error.js';

/**
 * Opens the DataSource and migrates the tables, unless another version created them.
 *
 * @throws OtherSchemaError before the application uses a missing column
 */
export async function openDataSource(
  options: DataSourceOptions,
  database: DatabaseConfig,
): Promise<DataSource> {
  const dataSource = await new DataSource(options).initialize();
  try {
    refuse(database, await unknownMigrations(dataSource, database));
    await migrate(dataSource, database);
    refuse(database, await differentColumns(dataSource));
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

async function migrate(dataSource: DataSource, database: DatabaseConfig): Promise<void> {
  try {
    await dataSource.runMigrations();
  } catch (error) {
    // Only this demo writes to its embedded database; on a server another replica may have been faster.
    throw database.kind === 'embedded' && error instanceof QueryFailedError
      ? new OtherSchemaError(database, 'its tables cannot be migrated')
      : error;
  }
}

/** Compares the columns with those of this version. @returns the differences, as text */
async function differentColumns(dataSource: DataSource): Promise<string[]> {
  const expected = dataSource.entityMetadatas.flatMap(({ tableName, columns }) =>
    columns.map(({ databaseName }) => `${tableName}.${databaseName}`),
  );
  const rows = await dataSource.query<{ name: string }[]>(
    `SELECT c.relname || '.' || a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.oid IN (SELECT to_regclass(quote_ident(t)) FROM unnest($1::text[]) t) AND a.attnum > 0 AND NOT a.attisdropped`,
    [dataSource.entityMetadatas.map(({ tableName }) => tableName)],
  );
  const found = rows.map(({ name }) => name);
  return [
    ...expected.filter((name) => !found.includes(name)).map((name) => `${name} is missing`),
    ...found.filter((name) => !expected.includes(name)).map((name) => `${name} is not known`),
  ];
}

/** On a server, the table of migrations may be shared with other applications: it is not compared then. */
async function unknownMigrations(dataSource: DataSource, { kind }: DatabaseConfig): Promise<string[]> {
  const table = await dataSource.query<{ name: string | null }[]>(`SELECT to_regclass('migrations') AS name`);
  if (kind === 'server' || table[0]?.name === null) {
    return [];
  }
  const known = dataSource.migrations.map(({ name, constructor }) => name ?? constructor.name);
  const recorded = await dataSource.query<{ name: string }[]>('SELECT name FROM migrations');
  return recorded
    .filter(({ name }) => !known.includes(name))
    .map(({ name }) => `migration ${name} is not known`);
}

function refuse(database: DatabaseConfig, [first, ...others]: readonly string[]): void {
  if (first !== undefined) {
    throw new OtherSchemaError(database, others.length === 0 ? first : `${first}, and ${others.length} more`);
  }
}
