import sql, { join, raw, type Sql } from 'sql-template-tag';
import { ConnectionsError, StorageError } from '../errors/index.js';
import type { DatabaseSession } from './session/database-session.js';

/** SQLSTATE of a division by zero: nothing else in the statement divides. */
const COUNT_DIFFERS = '22012';

interface Write {
  readonly statement: Sql;
  readonly rows: number | 'any';
  /** What the statement says after its write: a locking read returns its rows by itself. */
  readonly returning: '' | 'RETURNING 1';
  readonly receive?: (rows: readonly unknown[]) => void;
}

/**
 * Collects the writes of one transaction. Passed explicitly to each writer: there is no ambient transaction, and nothing is
 * sent before the last write is known, so that no outbound call can happen in between.
 *
 * @internal
 */
export class Transaction {
  readonly #writes: Write[] = [];

  /**
   * Adds an `INSERT`, `UPDATE` or `DELETE` without `RETURNING`.
   *
   * @param statement - the write
   * @param rows - number of rows it must change, or the whole transaction is rolled back
   */
  add(statement: Sql, rows: number | 'any'): void {
    this.#writes.push({ statement, rows, returning: 'RETURNING 1' });
  }

  /**
   * Adds an `INSERT`, `UPDATE` or `DELETE` whose `RETURNING` lists columns.
   *
   * @param statement - the write
   * @param rows - number of rows it must change, or the whole transaction is rolled back
   * @param receive - called with the rows once they are committed. They come as JSON: `RETURNING` casts a `bigint` to text
   */
  addReturning<Row>(statement: Sql, rows: number, receive: (rows: readonly Row[]) => void): void {
    this.#writes.push({ statement, rows, returning: '', receive: receive as Write['receive'] & object });
  }

  /**
   * Adds a `SELECT … FOR NO KEY UPDATE`: a condition that must hold until the transaction is committed. It runs before the
   * writes that rely on it. One of them may write the same row, which no two writes of a statement can.
   *
   * @param statement - the locking read
   * @param rows - number of rows it must find, or the whole transaction is rolled back
   */
  require(statement: Sql, rows: number): void {
    this.#writes.push({ statement, rows, returning: '' });
  }

  /** @internal */
  get writes(): readonly Write[] {
    return this.#writes;
  }
}

/**
 * Runs the writes of a transaction: everything or nothing, in one statement and one round trip. PostgreSQL commits it by itself.
 *
 * @throws as `ConnectionsDatabase.transaction`
 * @see RL-03, `docs/adr/0010-fragments-one-statement.md`
 * @internal
 */
export async function commit(session: DatabaseSession, { writes }: Transaction): Promise<void> {
  let answer: Record<string, unknown> | undefined;
  try {
    [answer] = await session.run<Record<string, unknown>>(oneStatement(writes));
  } catch (error) {
    if (!(error instanceof StorageError && error.outcome === 'refused')) {
      throw new ConnectionsError(
        'commit_outcome_unknown',
        'The link to the database broke during the transaction: it may or may not be durable.',
      );
    }
    throw error.sqlState === COUNT_DIFFERS
      ? new ConnectionsError('busy', 'A row was changed by another process meanwhile.')
      : error;
  }
  for (const [index, { receive }] of writes.entries()) {
    receive?.((answer?.[nameOf(index)] ?? []) as unknown[]);
  }
}

/** Name of a write in the statement. */
function nameOf(index: number): string {
  return `w${index}`;
}

/**
 * Folds the writes into one data-modifying statement, which fails as a whole when one of them changed another number
 * of rows than required. Foreign keys are checked at the end of the statement, so a row may refer to one that a sibling
 * inserts.
 */
function oneStatement(writes: readonly Write[]): Sql {
  const parts = writes.map(
    ({ statement, returning }, index) => sql`${raw(nameOf(index))} AS (${statement} ${raw(returning)})`,
  );
  const checks = writes.map(({ rows }, index) =>
    rows === 'any' ? sql`true` : sql`(SELECT count(*) FROM ${raw(nameOf(index))}) = ${raw(String(rows))}`,
  );
  const received = writes.flatMap(({ receive }, index) => {
    const name = raw(nameOf(index));
    return receive === undefined ? [] : [sql`(SELECT json_agg(${name}) FROM ${name}) AS ${name}`];
  });
  const done = sql`1 / (CASE WHEN ${join(checks, ' AND ')} THEN 1 ELSE 0 END) AS done`;
  return sql`WITH ${join(parts)} SELECT ${join([done, ...received])}`;
}
