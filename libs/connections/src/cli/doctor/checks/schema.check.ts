import type { DataSource } from 'typeorm';
import { CONNECTIONS_MIGRATIONS } from '../../../database/index.js';
import { storageError } from '../../../database/storage-error.js';
import { findingsOf, type Finding } from '../finding.js';

const { ok, fix } = findingsOf('schema');

const [CREATES, RECEIVES, DESCRIBES] = CONNECTIONS_MIGRATIONS;

/** What each migration but the first brings: tables, or columns of a table. */
const BRINGS: Readonly<Record<string, readonly string[]>> = {
  [RECEIVES.name]: [
    'powens_inbox',
    'powens_connection.unconfirmed_since',
    'powens_connection.remove_at',
    'powens_user.reconcile_at',
    'powens_user.reconciled_at',
  ],
  [DESCRIBES.name]: [
    'powens_attempt.connected_by',
    'powens_attempt.metadata',
    'powens_connection.connected_by',
    'powens_connection.metadata',
    'powens_connection.silence_told',
  ],
};

interface Missing {
  /** As the database knows it. */
  readonly name: string;
  readonly migration: string;
  readonly isTable: boolean;
}

/** Compares the tables with what this version of the library works with: each table, each column. */
export async function checkSchema(dataSource: DataSource): Promise<Finding> {
  const missing: Missing[] = [];
  for (const { tablePath, tableNameWithoutPrefix: table, columns } of dataSource.entityMetadatas) {
    const there = await columnsOf(dataSource, tablePath);
    const names = columns.map(({ databaseName }) => databaseName).filter((name) => !there.includes(name));
    missing.push(
      ...(there.length === 0
        ? [{ name: tablePath, migration: bringerOf(table), isTable: true }]
        : names.map((name) => ({
            name: `${tablePath}.${name}`,
            migration: bringerOf(`${table}.${name}`, table),
            isTable: false,
          }))),
    );
  }
  return missing.length === 0 ? ok('every table and column is there') : fix(adviceFor(missing));
}

/** @param names - from the narrowest on: a column, then its table */
function bringerOf(...names: readonly string[]): string {
  const bringers = Object.entries(BRINGS);
  return bringers.find(([, brought]) => names.some((name) => brought.includes(name)))?.[0] ?? CREATES.name;
}

function adviceFor(missing: readonly Missing[]): string {
  // What comes after the first migration is hidden as long as its tables are.
  const isEmpty = missing.some(({ migration, isTable }) => isTable && migration === CREATES.name);
  const migrations = CONNECTIONS_MIGRATIONS.map(({ name }) => name).filter(
    (name) => isEmpty || missing.some(({ migration }) => migration === name),
  );
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
