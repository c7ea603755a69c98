import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimDataDir, type DataDir } from './data-dir.js';
import { databaseOptions } from './database.options.js';
import { startEmbeddedDatabase, type EmbeddedDatabase } from './embedded-database.js';
import { DatabaseBusyError } from './single-connection-pool.js';

/** As the host uses it, less patient. */
function optionsOf(dataDir: DataDir): DataSourceOptions {
  const options = databaseOptions({ kind: 'embedded', socketDir: dataDir.socketDir });
  return { ...options, connectTimeoutMS: 300 } as DataSourceOptions;
}

describe(startEmbeddedDatabase.name, () => {
  const root = mkdtempSync(join(tmpdir(), 'pglite-'));
  let dataDir: DataDir;
  let embedded: EmbeddedDatabase;
  let dataSource: DataSource;

  async function open(path: string): Promise<void> {
    dataDir = await claimDataDir(path);
    embedded = startEmbeddedDatabase(dataDir);
    await embedded.opened;
    dataSource = await new DataSource(optionsOf(dataDir)).initialize();
  }

  async function close(): Promise<void> {
    await dataSource.destroy();
    await embedded.close();
    await dataDir.release();
  }

  async function rows(): Promise<number[]> {
    const found: { n: number }[] = await dataSource.query('SELECT n FROM t ORDER BY n');
    return found.map(({ n }) => n);
  }

  beforeAll(async () => {
    await open(join(root, 'first'));
    await dataSource.query('CREATE TABLE t (n int PRIMARY KEY)');
    await dataSource.query('INSERT INTO t VALUES (1)');
  });

  afterAll(async () => {
    await close();
    rmSync(root, { recursive: true });
  });

  it('should roll a transaction back', async () => {
    const failing = dataSource.transaction(async (tx) => {
      await tx.query('INSERT INTO t VALUES (2)');
      throw new Error('no');
    });

    await expect(failing).rejects.toThrow('no');
    expect(await rows()).toEqual([1]);
  });

  it('should roll back what came before a statement that failed', async () => {
    const failing = dataSource.transaction(async (tx) => {
      await tx.query('INSERT INTO t VALUES (3)');
      await tx.query('INSERT INTO t VALUES (1)');
    });

    await expect(failing).rejects.toMatchObject({ code: '23505' });
    expect(await rows()).toEqual([1]);
  });

  it('should say what is wrong when a query waits for a transaction that waits for it', async () => {
    const stuck = dataSource.transaction(async () => {
      await rows();
    });

    await expect(stuck).rejects.toThrow(DatabaseBusyError);
    expect(await rows()).toEqual([1]);
  });

  it('should run queries that come at once one after the other', async () => {
    const sums = await Promise.all(
      [1, 2, 3, 4].map((n) => dataSource.query('SELECT $1::int + 1 AS sum', [n])),
    );

    expect(sums).toEqual([[{ sum: 2 }], [{ sum: 3 }], [{ sum: 4 }], [{ sum: 5 }]]);
  });

  it('should run the migrations up and down', async () => {
    expect(await dataSource.runMigrations()).not.toHaveLength(0);
    expect(await dataSource.showMigrations()).toBe(false);
    await dataSource.undoLastMigration();
  });

  it('should find everything again after it was closed', async () => {
    await close();
    await open(join(root, 'first'));

    expect(await rows()).toEqual([1]);
  });

  it('should find what was committed when the process died', async () => {
    await dataSource.query('INSERT INTO t VALUES (4)');
    // The files as `kill -9` leaves them: nothing was closed.
    cpSync(join(root, 'first', 'postgres'), join(root, 'killed', 'postgres'), { recursive: true });
    await close();
    await open(join(root, 'killed'));

    expect(await rows()).toEqual([1, 4]);
  });
});
