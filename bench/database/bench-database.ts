import { setTimeout as sleep } from 'node:timers/promises';
import { CONNECTIONS_ENTITIES, CONNECTIONS_MIGRATIONS } from 'nestjs-powens-connections';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { BASELINE_SCHEMA } from '../systems/baseline/schema.js';
import { startPrivatePostgres } from './private-postgres.js';

/** A fresh database of this run, with the library's tables and the baseline's, on a durable server. */
export interface BenchDatabase {
  readonly url: string;
  /** Which server, its version and what makes it durable, for the report. */
  readonly server: Readonly<Record<string, string>>;
  /** The driver's own session. */
  readonly client: pg.Client;
  /** Drops the database, and stops the server if this run started it. */
  drop(): Promise<void>;
}

interface Server {
  readonly kind: string;
  readonly url: string;
  stop(): Promise<void>;
}

/** Finds or starts a server, and creates the database. */
export async function createBenchDatabase(): Promise<BenchDatabase> {
  const server = await findServer();
  const name = `powens_bench_${process.pid}_${Date.now()}`;
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  try {
    const settings = await withClient(server.url, async (client) => {
      const found = await durability(client);
      await client.query(`CREATE DATABASE "${name}"`);
      return found;
    });
    await migrate(url.href);
    const client = new pg.Client({ connectionString: url.href, application_name: 'driver' });
    client.on('error', () => undefined);
    await client.connect();
    await client.query(BASELINE_SCHEMA);
    return {
      url: url.href,
      server: { kind: server.kind, ...settings },
      client,
      drop: async () => {
        await client.end();
        await withClient(server.url, (admin) =>
          admin.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`),
        );
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function findServer(): Promise<Server> {
  const { DATABASE_URL: named } = process.env;
  const stop = (): Promise<void> => Promise.resolve();
  if (named !== undefined && /^postgres(ql)?:/.test(named)) {
    return { kind: 'DATABASE_URL', url: named, stop };
  }
  for (const user of ['postgres', 'root']) {
    const url = `postgres://${user}@127.0.0.1:5432/postgres`;
    if (await mayCreateDatabases(url)) {
      return { kind: 'running on 127.0.0.1:5432', url, stop };
    }
  }
  const own = await startPrivatePostgres();
  for (let tries = 0; !(await mayCreateDatabases(own.url)); tries += 1) {
    if (tries > 100) {
      throw new Error('the private PostgreSQL does not answer');
    }
    await sleep(50);
  }
  return { kind: 'private to this run', ...own };
}

async function mayCreateDatabases(url: string): Promise<boolean> {
  try {
    const { rows } = await withClient(url, (client) =>
      client.query<{ may: boolean }>(
        'SELECT rolsuper OR rolcreatedb AS may FROM pg_roles WHERE rolname = current_user',
      ),
    );
    return rows[0]?.may === true;
  } catch {
    // Not there, or not for us.
    return false;
  }
}

/** Commits that may be lost are cheaper, so a server that allows them is not measured. */
async function durability(client: pg.Client): Promise<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const name of [
    'server_version',
    'fsync',
    'synchronous_commit',
    'full_page_writes',
    'shared_buffers',
    'autovacuum',
  ]) {
    const { rows } = await client.query<Record<string, string>>(`SHOW ${name}`);
    settings[name] = rows[0]?.[name] ?? 'unknown';
  }
  if (settings['fsync'] !== 'on' || settings['synchronous_commit'] === 'off') {
    throw new Error('fsync and synchronous_commit must be on: this PostgreSQL is not durable');
  }
  return settings;
}

async function migrate(url: string): Promise<void> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    entities: [...CONNECTIONS_ENTITIES],
    migrations: [...CONNECTIONS_MIGRATIONS],
    installExtensions: false,
  });
  await dataSource.initialize();
  await dataSource.runMigrations();
  await dataSource.destroy();
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
