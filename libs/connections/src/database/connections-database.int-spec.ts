import sql, { raw } from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/helpers/database.js';
import { ConnectionsDatabase } from './connections-database.js';
import { CONNECTIONS_ENTITIES } from './index.js';

describe(ConnectionsDatabase.name, () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [...CONNECTIONS_ENTITIES],
      installExtensions: false,
      extra: { max: 1 },
    }).initialize();
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  async function prepared(): Promise<string[]> {
    const rows = await dataSource.query<{ statement: string }[]>(
      `SELECT statement FROM pg_prepared_statements WHERE name LIKE 'cnx\\_%'`,
    );
    return rows.map(({ statement }) => statement);
  }

  it('should run each of many shapes, and prepare the first 200 only', async () => {
    // The names are one set for the process, which other test files have used up.
    vi.resetModules();
    const fresh = await import('./connections-database.js');
    const connections = new fresh.ConnectionsDatabase(dataSource, {
      instance: 'default',
      preparedStatements: true,
    });
    const shapes = Array.from(
      { length: 250 },
      (_, index) => sql`SELECT ${index}::int AS ${raw(`c${index}`)}`,
    );
    // Twice: a shape that got a name keeps it, one that got none gets none later.
    for (const [index, shape] of [...shapes.entries(), ...shapes.entries()]) {
      expect(await connections.query(shape)).toEqual([{ [`c${index}`]: index }]);
    }
    const kept = await prepared();
    expect(kept).toHaveLength(200);
    expect(new Set(kept)).toEqual(new Set(shapes.slice(0, 200).map(({ text }) => text)));
  });

  it('should prepare nothing when the options say so', async () => {
    await dataSource.query('DEALLOCATE ALL');
    const connections = new ConnectionsDatabase(dataSource, {
      instance: 'default',
      preparedStatements: false,
    });
    await connections.query(sql`SELECT 1 AS one`);
    expect(await prepared()).toEqual([]);
  });
});
