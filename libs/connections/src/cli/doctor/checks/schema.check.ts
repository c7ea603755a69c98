import type { DataSource } from 'typeorm';
import { CONNECTIONS_MIGRATIONS } from '../../../database/index.js';
import { storageError } from '../../../database/session/storage-error.js';
import { findingsOf, type Finding } from '../finding.js';

const { ok, fix } = findingsOf('schema');

/** Compares the tables with what this version of the library works with: each table, each column. */
export async function checkSchema(dataSource: DataSource): Promise<Finding> {
  const missing: string[] = [];
  for (const { tablePath, columns } of dataSource.entityMetadatas) {
    const there = await columnsOf(dataSource, tablePath);
    const names = columns.map(({ databaseName }) => databaseName).filter((name) => !there.includes(name));
    missing.push(...(there.length === 0 ? [tablePath] : names.map((name) => `${tablePath}.${name}`)));
  }
  return missing.length === 0 ? ok('every table and column is there') : fix(adviceFor(missing));
}

function adviceFor(missing: readonly string[]): string {
  const migrations = CONNECTIONS_MIGRATIONS.map(({ name }) => name).join(', ');
  return (
    `missing: ${missing.join(', ')}. Run the migrations of the application (${migrations}). ` +
    'If they were run, see --schema and --prefix.'
  );
}

async function columnsOf(dataSource: DataSource, tablePath: string): Promise<readonly string[]> {
  const quoted = tablePath
    .split('.')
    .map((name) => `"${name.replaceAll('"', '""')}"`)
    .join('.');
  try {
    const rows = await dataSource.query<{ name: string }[]>(
      `SELECT attname AS name FROM pg_attribute
       WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`,
      [quoted],
    );
    return rows.map(({ name }) => name);
  } catch (error) {
    throw storageError(error);
  }
}
