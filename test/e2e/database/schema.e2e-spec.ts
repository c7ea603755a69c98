import { CONNECTIONS_ENTITIES, CONNECTIONS_MIGRATIONS } from 'nestjs-powens-connections';
import { DataSource, DefaultNamingStrategy } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { attemptOf, sql } from '../../helpers/flow/observe.js';
import { connect, until } from '../../helpers/flow/person.js';

/** Of a host whose tables are all named by a rule, those with a name of their own, too. */
class HostNames extends DefaultNamingStrategy {
  override tableName(target: string, given: string | undefined): string {
    return `acme_${super.tableName(target, given)}`;
  }
}

interface Place {
  schema?: string;
  entityPrefix?: string;
  namingStrategy?: HostNames;
}

const PLACES: readonly (readonly [what: string, place: Place])[] = [
  ['the default place', {}],
  ['a prefix', { entityPrefix: 'bank_' }],
  ['a schema', { schema: 'banking' }],
  ['a schema and a prefix that need quotes', { schema: 'Bank ing', entityPrefix: 'Odd-' }],
  ['the names of a strategy', { namingStrategy: new HostNames() }],
];

const TABLES = ['powens_attempt', 'powens_connection', 'powens_inbox', 'powens_outbox', 'powens_user'];

describe.each(PLACES)('the tables in %s', (_, place) => {
  let app: FlowApp;
  let dataSource: DataSource;
  const schema = place.schema ?? 'public';
  const prefix = place.namingStrategy === undefined ? (place.entityPrefix ?? '') : 'acme_';

  beforeAll(async () => {
    app = await startFlowApp();
    await app.stop();
    dataSource = new DataSource({
      type: 'postgres',
      url: app.database.url,
      entities: [...CONNECTIONS_ENTITIES],
      migrations: [...CONNECTIONS_MIGRATIONS],
      migrationsTableName: 'library_migrations',
      installExtensions: false,
      extra: { max: 1 },
      ...place,
    });
    await dataSource.initialize();
    // The application above had its own: this place begins empty.
    await dataSource.query('DROP SCHEMA public CASCADE');
    await dataSource.query('CREATE SCHEMA public');
    if (schema !== 'public') {
      await dataSource.query(`CREATE SCHEMA "${schema}"`);
    }
  });

  afterAll(async () => {
    await dataSource.destroy();
    await app.close();
  });

  async function tables(): Promise<string[]> {
    const rows = await dataSource.query<{ name: string }[]>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1 AND table_name LIKE '%powens%' ORDER BY 1`,
      [schema],
    );
    return rows.map(({ name }) => name);
  }

  /**
   * What TypeORM would change: anything at all is a difference between migrations and entities. With a prefix, names of
   * keys and checks differ: the migrations' carry it, since a schema has one name for each, and an entity cannot.
   */
  async function drift(): Promise<string[]> {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    const isName = /^(CREATE|DROP) (UNIQUE )?INDEX|^ALTER TABLE \S+( \S+)? (ADD|DROP) CONSTRAINT/;
    return upQueries.map(({ query }) => query).filter((query) => prefix === '' || !isName.test(query));
  }

  it('should be what the entities say after up, gone after down, and the same after up again [RL-31]', async () => {
    await dataSource.runMigrations();
    expect(await tables()).toEqual(expect.arrayContaining(TABLES.map((name) => `${prefix}${name}`)));
    expect(await drift()).toEqual([]);

    for (let undone = 0; undone < CONNECTIONS_MIGRATIONS.length; undone += 1) {
      await dataSource.undoLastMigration();
    }
    expect(await tables()).toEqual([]);
    const [left] = await dataSource.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = $1 AND c.relname LIKE '%powens%'`,
      [schema],
    );
    expect(left?.count).toBe(0);

    await dataSource.runMigrations();
    expect(await drift()).toEqual([]);
  });

  it('should have no index on what all statements compare but partial ones: any lookup could take it [N35]', async () => {
    await dataSource.runMigrations();
    expect(await tables()).not.toEqual([]);
    const indexes = await dataSource.query<{ name: string }[]>(
      `SELECT indexname AS name FROM pg_indexes WHERE schemaname = $1 AND indexname LIKE '%powens%'
         AND indexdef ~ '\\((instance|tenant|status)[,)]' AND indexdef NOT LIKE '% WHERE %'`,
      [schema],
    );
    expect(indexes).toEqual([]);
  });

  it('should carry the whole flow, statements and unique keys included [RL-31]', async () => {
    const there = await startFlowApp({ like: app, typeorm: { ...place, migrationsRun: false } });
    const browser = there.browser('ann');
    for (const status of ['connected', 'connected']) {
      const { started } = await connect(there, browser);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status });
      await until(() => there.events.some(({ attemptId }) => attemptId === started.attemptId));
    }
    const [row] = await sql<{ count: number }>(
      there,
      `SELECT count(*)::int AS count FROM "${schema}"."${prefix}powens_connection"`,
    );
    expect(row?.count).toBe(2);
    await there.stop();
  });

  it.each([
    ['a second Powens user of one owner', 'powens_user', `powens_user_id = '1' || powens_user_id`],
    ['one Powens user of two owners', 'powens_user', `owner_id = 'ben'`],
    ['one connection twice', 'powens_connection', `owner_id = 'ben'`],
    [
      'an active user without a token',
      'powens_user',
      `owner_id = 'ben', powens_user_id = '77', sealed_token = NULL`,
    ],
    ['a status nobody knows', 'powens_user', `owner_id = 'ben', powens_user_id = '77', status = 'other'`],
    ['one state twice', 'powens_attempt', `owner_id = 'ben'`],
  ])('should not hold %s [TC-18, D10]', async (__, name, change) => {
    const table = `"${schema}"."${prefix}${name}"`;
    const copy = dataSource.transaction(async (manager) => {
      await manager.query(`CREATE TEMP TABLE copy ON COMMIT DROP AS SELECT * FROM ${table} LIMIT 1`);
      await manager.query(`UPDATE copy SET id = gen_random_uuid(), ${change}`);
      await manager.query(`INSERT INTO ${table} SELECT * FROM copy`);
    });
    await expect(copy).rejects.toMatchObject({
      driverError: { code: expect.stringMatching(/^23/) as string },
    });
  });
});
