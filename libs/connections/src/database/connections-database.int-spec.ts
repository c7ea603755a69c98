import { randomUUID } from 'node:crypto';
import sql, { raw } from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createTestDatabase,
  postgresCapabilities,
  type TestDatabase,
} from '../../../../test/helpers/database.js';
import { until } from '../../../../test/helpers/until.js';
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

  describe.skipIf(!postgresCapabilities().concurrent)('a privilege that is missing', () => {
    const role = `limited_${randomUUID().replaceAll('-', '')}`;
    // Not even a superuser may do it.
    const forbidden = sql`ALTER TABLE pg_class ADD COLUMN more int`;

    async function withSessions(options: string, use: (database: ConnectionsDatabase) => Promise<void>) {
      const sessions = await new DataSource({
        type: 'postgres',
        url: database.url,
        entities: [...CONNECTIONS_ENTITIES],
        installExtensions: false,
        extra: { max: 2, options },
      }).initialize();
      await use(new ConnectionsDatabase(sessions, { instance: 'default', preparedStatements: true }));
      await sessions.destroy();
    }

    async function pidOf(connections: ConnectionsDatabase): Promise<unknown> {
      const [row] = await connections.query<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`);
      return row?.pid;
    }

    it('should be an error at once, and keep the session, where the session has the role of its login', async () => {
      await withSessions('', async (connections) => {
        const pid = await pidOf(connections);
        await expect(connections.query(forbidden)).rejects.toMatchObject({ sqlState: '42501' });
        expect(await pidOf(connections)).toBe(pid);
      });
    });

    it('should be an error on the second session, where every session begins with another role', async () => {
      await dataSource.query(`CREATE ROLE ${role}`);
      try {
        await withSessions(`-c role=${role}`, async (connections) => {
          await expect(connections.query(forbidden)).rejects.toMatchObject({ sqlState: '42501' });
          const [row] = await connections.query(sql`SELECT current_user::text AS role`);
          expect(row).toEqual({ role });
        });
      } finally {
        await dataSource.query(`DROP ROLE ${role}`);
      }
    });
  });

  it.skipIf(!postgresCapabilities().concurrent).each(['read committed', 'repeatable read', 'serializable'])(
    'should see under its lock what was committed while it waited, where sessions begin as %s [H8]',
    async (level) => {
      const sessions = await new DataSource({
        type: 'postgres',
        url: database.url,
        entities: [...CONNECTIONS_ENTITIES],
        installExtensions: false,
        extra: { max: 3, options: `-c default_transaction_isolation=${level.replace(' ', '\\ ')}` },
      }).initialize();
      await sessions.query('CREATE TABLE written AS SELECT 0 AS number WHERE false');
      const connections = new ConnectionsDatabase(sessions, {
        instance: 'default',
        preparedStatements: true,
      });
      const lock = { name: 'tests', wait: true };
      const isWaitedFor = async (): Promise<boolean> => {
        const waiting: unknown[] = await sessions.query(
          `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        );
        return waiting.length > 0;
      };
      let second: Promise<unknown> = Promise.resolve();
      await connections.exclusively(lock, async (session) => {
        second = connections.exclusively(lock, async (later) => later.run(sql`SELECT number FROM written`));
        await session.run(sql`INSERT INTO written VALUES (7)`);
        await until(isWaitedFor);
      });
      expect(await second).toEqual([{ number: 7 }]);
      await sessions.query('DROP TABLE written');
      await sessions.destroy();
    },
  );
});
