import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { databaseUrl, dropDatabase } from './postgres/databases.js';
import { withClient } from './postgres/client.js';
import { keepRelationFiles, keepRows } from './postgres/kept-data.js';
import { startPglite } from './postgres/pglite.js';
import type { PostgresCapabilities } from './postgres/postgres-server.js';

/** An empty database of one test file. */
export interface TestDatabase {
  readonly url: string;
  /** How many connections a pool may hold: 1 on PGlite, where a second one could wait for ever. */
  readonly poolSize: number;
  /** Removes the database; what was written stays visible to the canary scan. */
  drop(): Promise<void>;
}

/** What the PostgreSQL of this run can do. */
export function postgresCapabilities(): PostgresCapabilities {
  return inject('postgres');
}

/**
 * Creates an empty database on the run's PostgreSQL.
 *
 * @example
 * const database = await createTestDatabase();
 * afterAll(() => database.drop());
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { kind } = inject('postgres');
  return kind === 'pglite' ? createPgliteDatabase() : createServerDatabase();
}

async function createPgliteDatabase(): Promise<TestDatabase> {
  const [runFolder, name] = [inject('runFolder'), newName()];
  const instance = await startPglite(join(runFolder, 'pglite', name));
  return {
    url: instance.url,
    poolSize: 1,
    drop: async (): Promise<void> => {
      await keepRows(instance.url, join(runFolder, 'dropped', name));
      await instance.stop();
    },
  };
}

async function createServerDatabase(): Promise<TestDatabase> {
  const { adminUrl, dataDir } = inject('postgres');
  const runFolder = inject('runFolder');
  const name = newName();
  await withClient(adminUrl, async (admin) => {
    await admin.query(`CREATE DATABASE "${name}" TEMPLATE template0 ${await strategy(admin, dataDir)}`);
  });
  // The global teardown removes what a crashed test file left behind on a server that is not ours.
  appendFileSync(join(runFolder, 'databases.txt'), `${name}\n`);
  const url = databaseUrl(adminUrl, name);
  return {
    url,
    poolSize: 10,
    drop: async (): Promise<void> => {
      const kept = join(runFolder, 'dropped', name);
      await (dataDir === null ? keepRows(url, kept) : keepRelationFiles(url, dataDir, kept));
      await dropDatabase(adminUrl, name);
    },
  };
}

/** Copying files keeps the write-ahead log, which the canary scan reads, 7 MB smaller per database. */
async function strategy(
  admin: { query(sql: string): Promise<unknown> },
  dataDir: string | null,
): Promise<string> {
  if (dataDir === null) return '';
  const { rows } = (await admin.query('SHOW server_version_num')) as {
    rows: { server_version_num: string }[];
  };
  return Number(rows[0]?.server_version_num) >= 150_000 ? 'STRATEGY file_copy' : '';
}

function newName(): string {
  return `test_${randomUUID().replaceAll('-', '')}`;
}
