import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, postgresCapabilities, type TestDatabase } from './database.js';

const { concurrent } = postgresCapabilities();

describe(createTestDatabase.name, () => {
  let database: TestDatabase;
  let pool: pg.Pool;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: database.poolSize });
    await pool.query('CREATE TABLE job (id int PRIMARY KEY, note text)');
    await pool.query(`INSERT INTO job SELECT n, 'job ' || n FROM generate_series(1, 4) n`);
  });

  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('should give each caller a database of its own', async () => {
    const other = await createTestDatabase();
    const otherPool = new pg.Pool({ connectionString: other.url, max: 1 });
    const { rows } = await otherPool.query<{ found: string | null }>(
      `SELECT to_regclass('job')::text AS found`,
    );
    await otherPool.end();
    await other.drop();
    expect(other.url).not.toBe(database.url);
    expect(rows).toEqual([{ found: null }]);
  });

  it('should undo a transaction that is rolled back', async () => {
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('DELETE FROM job');
    await client.query('ROLLBACK');
    client.release();
    const { rows } = await pool.query<{ count: string }>('SELECT count(*) FROM job');
    expect(rows).toEqual([{ count: '4' }]);
  });

  it.skipIf(!concurrent)('should let two sessions work at the same time and skip locked rows', async () => {
    const [first, second] = [await pool.connect(), await pool.connect()];
    const claim = 'SELECT id FROM job ORDER BY id LIMIT 2 FOR UPDATE SKIP LOCKED';
    try {
      await first.query('BEGIN');
      await second.query('BEGIN');
      expect((await first.query<{ id: number }>(claim)).rows.map(({ id }) => id)).toEqual([1, 2]);
      expect((await second.query<{ id: number }>(claim)).rows.map(({ id }) => id)).toEqual([3, 4]);
    } finally {
      await first.query('ROLLBACK');
      await second.query('ROLLBACK');
      first.release();
      second.release();
    }
  });

  it.skipIf(!concurrent)('should serialise two conditional updates of one row', async () => {
    const update = `UPDATE job SET note = 'taken' WHERE id = 1 AND note <> 'taken'`;
    const results = await Promise.all(Array.from({ length: 8 }, () => pool.query(update)));
    expect(results.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0)).toBe(1);
  });
});
