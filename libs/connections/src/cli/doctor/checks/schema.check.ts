import type { DataSource } from 'typeorm';
import { CONNECTIONS_MIGRATIONS } from '../../../database/index.js';
import { storageError } from '../../../database/storage-error.js';
import { findingsOf, type Finding } from '../finding.js';

const { ok, fix } = findingsOf('schema');

const [CREATES, RECEIVES] = CONNECTIONS_MIGRATIONS;

/** Which migration brings what the first does not bring; by table, or table and column. */
const BROUGHT_BY: Readonly<Record<string, string>> = {
  powens_inbox: RECEIVES.name,
  'powens_connection.unconfirmed_since': RECEIVES.name,
  'powens_connection.remove_at': RECEIVES.name,
  'powens_user.reconcile_at': RECEIVES.name,
  'powens_user.reconciled_at': RECEIVES.name,
};

interface Missing {
  /** As the database knows it. */
  readonly name: string;
  readonly migration: string;
}

/** Compares the tables with what this version of the library works with: each table, each column. */
export async function checkSchema(dataSource: DataSource): Promise<Finding> {
  const missing: Missing[] = [];
  for (const { tablePath, tableNameWithoutPrefix: table, columns } of dataSource.entityMetadatas) {
    const there = await columnsOf(dataSource, tablePath);
    const names = columns.map(({ databaseName }) => databaseName).filter((name) => !there.includes(name));
    missing.push(
      ...(there.length === 0
        ? [{ name: tablePath, migration: BROUGHT_BY[table] ?? CREATES.name }]
        : names.map((name) => ({
            name: `${tablePath}.${name}`,
            migration: BROUGHT_BY[`${table}.${name}`] ?? BROUGHT_BY[table] ?? CREATES.name,
          }))),
    );
  }
  return missing.length === 0 ? ok('every table and column is there') : fix(adviceFor(missing));
}

function adviceFor(missing: readonly Missing[]): string {
  const migrations = [...new Set(missing.map(({ migration }) => migration))].sort();
  return (
    `missing: ${missing.map(({ name }) => name).join(', ')}. Run the migrations of the application; not run yet: ` +
    `${migrations.join(', ')}. If they are, see --schema and --prefix.`
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
