import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { databaseOptions } from './src/database/database.options.js';

/**
 * The DataSource for the TypeORM command line: `npm run migration:run`, `npm run migration:revert`, or
 * `typeorm migration:show -d dist/ormconfig.js` after a build.
 */
export default new DataSource(databaseOptions({ kind: 'server', url: requiredDatabaseUrl() }));

function requiredDatabaseUrl(): string {
  const url = process.env.DATABASE_URL;
  if (url === undefined || !/^postgres(ql)?:\/\//.test(url)) {
    throw new Error(
      'DATABASE_URL is missing or not postgres://…: the command line needs a PostgreSQL server. ' +
        'The embedded database is migrated when the demo host starts.',
    );
  }
  return url;
}
