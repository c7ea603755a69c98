import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../../test/helpers/database.js';
import { CONNECTIONS_ENTITIES, CONNECTIONS_MIGRATIONS } from '../../../database/index.js';
import { checkSchema } from './schema.check.js';

const NAMES = CONNECTIONS_MIGRATIONS.map(({ name }) => name);

describe(checkSchema.name, () => {
  let database: TestDatabase;
  const opened: DataSource[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    for (const dataSource of opened.splice(0)) await dataSource.destroy();
    await database.drop();
  });

  async function open(migrations: number, layout: Record<string, string> = {}): Promise<DataSource> {
    const dataSource = await new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [...CONNECTIONS_ENTITIES],
      migrations: CONNECTIONS_MIGRATIONS.slice(0, migrations),
      installExtensions: false,
      extra: { max: 1 },
      ...layout,
    }).initialize();
    opened.push(dataSource);
    if (layout['schema'] !== undefined) await dataSource.query(`CREATE SCHEMA "${layout['schema']}"`);
    await dataSource.runMigrations();
    return dataSource;
  }

  it('should name each table and the migrations while nothing is there', async () => {
    const { verdict, text } = await checkSchema(await open(0));
    expect(verdict).toBe('fix');
    for (const name of [...NAMES, 'powens_user', 'powens_connection', 'powens_inbox', 'powens_outbox']) {
      expect(text).toContain(name);
    }
  });

  it('should be content once all of them ran, wherever the tables are', async () => {
    expect(
      await checkSchema(await open(NAMES.length, { schema: 'banks', entityPrefix: 'my_' })),
    ).toMatchObject({
      verdict: 'ok',
    });
  });

  it('should name a column that somebody took away', async () => {
    const dataSource = await open(NAMES.length);
    await dataSource.query('ALTER TABLE powens_attempt DROP COLUMN return_to');
    expect((await checkSchema(dataSource)).text).toContain('missing: powens_attempt.return_to.');
  });
});
