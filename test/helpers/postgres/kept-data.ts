import { appendFileSync, copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { withClient } from './client.js';

/** Copies the files of all tables and indexes of a database that is about to be dropped. */
export async function keepRelationFiles(url: string, dataDir: string, target: string): Promise<void> {
  const paths = await withClient(url, async (client) => {
    await client.query('CHECKPOINT');
    const { rows } = await client.query<{ path: string | null }>(
      'SELECT pg_relation_filepath(oid) AS path FROM pg_class WHERE oid >= 16384',
    );
    return rows.map(({ path }) => path).filter((path) => path !== null);
  });
  mkdirSync(target, { recursive: true, mode: 0o700 });
  for (const path of paths) {
    const file = join(dataDir, path);
    if (existsSync(file)) copyFileSync(file, join(target, basename(path)));
  }
}

/** Writes all rows of a database as text, where the server's files cannot be read. */
export async function keepRows(url: string, target: string): Promise<void> {
  mkdirSync(target, { recursive: true, mode: 0o700 });
  await withClient(url, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      appendFileSync(join(target, 'rows.txt'), `${name}\n${rows.map(({ row }) => row).join('\n')}\n`);
    }
  });
}
