import type { DataSourceOptions } from 'typeorm';
import { CONNECTIONS_ENTITIES, CONNECTIONS_MIGRATIONS } from 'nestjs-powens-connections';
import type { EmbeddedDatabaseConfig, ServerDatabaseConfig } from '../config/app.config.js';
import { EMBEDDED_PORT } from './embedded-database.js';
import { singleConnectionDriver } from './single-connection-pool.js';

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * The DataSource of the host: its own, with the library's tables in it. The tables come from migrations, never from
 * `synchronize`, which would drop columns that it does not know.
 */
export function databaseOptions(
  database: ServerDatabaseConfig | Pick<EmbeddedDatabaseConfig, 'kind' | 'socketDir'>,
): DataSourceOptions {
  return {
    type: 'postgres',
    ...(database.kind === 'server' ? { url: database.url } : embeddedOptions(database.socketDir)),
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    entities: [...CONNECTIONS_ENTITIES],
    migrations: [...CONNECTIONS_MIGRATIONS],
    synchronize: false,
    // TypeORM would create extensions that a plain database user may not create, and that are not needed here.
    installExtensions: false,
    // Statements contain values: they are never logged, not even on failure.
    logging: false,
  };
}

function embeddedOptions(socketDir: string) {
  return {
    host: socketDir,
    port: EMBEDDED_PORT,
    username: 'postgres',
    database: 'postgres',
    poolSize: 1,
    driver: singleConnectionDriver,
  };
}
