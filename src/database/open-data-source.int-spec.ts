import { DataSource, type DataSourceOptions } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/helpers/database.js';
import type { DatabaseConfig } from '../config/app.config.js';
import { databaseOptions } from './database.options.js';
import { openDataSource } from './open-data-source.js';

const EMBEDDED: DatabaseConfig = {
  kind: 'embedded',
  dataDir: '/some/data',
  socketDir: '/some/socket',
  opened: Promise.resolve(),
};

describe(openDataSource.name, () => {
  let database: TestDatabase;
  let options: DataSourceOptions;

  /** Runs statements as somebody with a client of their own would. */
  async function alter(...statements: string[]): Promise<void> {
    const dataSource = await new DataSource({ ...options, migrations: [] }).initialize();
    for (const statement of statements) await dataSource.query(statement);
    await dataSource.destroy();
  }

  const open = async (config: DatabaseConfig): Promise<void> =>
    (await openDataSource(options, config)).destroy();

  beforeAll(async () => {
    database = await createTestDatabase();
    options = databaseOptions({ kind: 'server', url: database.url });
  });

  afterAll(() => database.drop());

  it('should make the tables, and find them again', async () => {
    await open(EMBEDDED);
    await open(EMBEDDED);
  });

  it.each([
    {
      change: 'ALTER TABLE powens_connection RENAME COLUMN revision TO older',
      back: 'ALTER TABLE powens_connection RENAME COLUMN older TO revision',
      difference: 'powens_connection.revision is missing, and 1 more',
    },
    {
      change: 'ALTER TABLE powens_outbox ADD COLUMN older int',
      back: 'ALTER TABLE powens_outbox DROP COLUMN older',
      difference: 'powens_outbox.older is not known',
    },
    {
      change: `INSERT INTO migrations (timestamp, name) VALUES (1, 'Older1')`,
      back: `DELETE FROM migrations WHERE name = 'Older1'`,
      difference: 'migration Older1 is not known',
    },
    {
      change: 'ALTER TABLE migrations RENAME TO elsewhere',
      back: 'ALTER TABLE elsewhere RENAME TO migrations',
      difference: 'its tables cannot be migrated',
    },
  ])('should refuse the tables of another version: $difference', async ({ change, back, difference }) => {
    await alter(change);

    await expect(open(EMBEDDED)).rejects.toThrow(
      `DATA_DIR /some/data was made by another version of this demo (${difference}). Remove it (rm -r /some/data)`,
    );

    await alter(back);
    await open(EMBEDDED);
  });

  it('should leave the migrations of others on a server alone, and refuse other columns there, too', async () => {
    const server: DatabaseConfig = { kind: 'server', url: 'postgres://unused' };
    await alter(`INSERT INTO migrations (timestamp, name) VALUES (1, 'OfAnotherApplication1')`);
    await open(server);
    await alter('ALTER TABLE powens_outbox ADD COLUMN older int');

    await expect(open(server)).rejects.toThrow('The database of DATABASE_URL was made by another version');
  });
});
