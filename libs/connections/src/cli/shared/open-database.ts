import { DataSource } from 'typeorm';
import { ConnectionsDatabase } from '../../database/connections-database.js';
import { CONNECTIONS_ENTITIES } from '../../database/index.js';
import { storageError } from '../../database/session/storage-error.js';
import { UsageError } from './usage-error.js';

const CONNECT_TIMEOUT_MS = 10_000;

/** Where the tables are, as in the application's DataSource. */
export interface TablePlace {
  readonly schema: string | undefined;
  readonly prefix: string | undefined;
}

/**
 * Checks the URL of the database.
 *
 * @throws UsageError that does not repeat it: it holds a password
 */
export function databaseUrl(url: string | undefined): string {
  if (url === undefined || !/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UsageError('DATABASE_URL must be set to postgres://user:password@host:5432/database.');
  }
  return url;
}

/**
 * Opens the command's own database sessions.
 *
 * @param name - how the server shows them
 * @throws StorageError without the URL
 */
export async function openDatabase(url: string, place: TablePlace, name: string): Promise<DataSource> {
  const { schema, prefix } = place;
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    entities: [...CONNECTIONS_ENTITIES],
    ...(schema === undefined ? {} : { schema }),
    ...(prefix === undefined ? {} : { entityPrefix: prefix }),
    installExtensions: false,
    logging: false,
    extra: { max: 2, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, application_name: name },
  });
  try {
    return await dataSource.initialize();
  } catch (error) {
    throw storageError(error);
  }
}

/**
 * Runs a function on the tables of one instance, on the command's own database sessions.
 *
 * @param url - checked by {@link databaseUrl}
 * @throws ConnectionsError; StorageError without the URL
 */
export async function withDatabase<T>(
  url: string,
  { instance, ...place }: TablePlace & { readonly instance: string },
  name: string,
  use: (database: ConnectionsDatabase) => Promise<T>,
): Promise<T> {
  const dataSource = await openDatabase(url, place, name);
  try {
    // Without named statements, so that it also runs through a pooler that does not keep them.
    const database = new ConnectionsDatabase(dataSource, { instance, preparedStatements: false });
    await database.assertUsable();
    return await use(database);
  } finally {
    await dataSource.destroy();
  }
}
