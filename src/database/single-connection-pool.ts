import pg from 'pg';

type ConnectCallback = Parameters<pg.Pool['connect']>[0];

/** The only connection of the embedded database stayed busy. */
export class DatabaseBusyError extends Error {
  constructor() {
    super(
      'The embedded database has one connection and it stayed busy: a query outside of an open transaction waited for ' +
        'that same transaction, or a transaction takes very long. Use the transaction for all its queries, or set ' +
        'DATABASE_URL to a PostgreSQL server.',
    );
    this.name = DatabaseBusyError.name;
  }
}

/**
 * A pool of one connection with a clear error when it is not released. Without it the wait would end in "timeout exceeded
 * when trying to connect", which suggests a network problem.
 */
class SingleConnectionPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | void {
    if (callback === undefined) {
      return super.connect().catch((error: unknown) => Promise.reject(this.explain(error as Error)));
    }
    super.connect((error, client, release) =>
      callback(error === undefined ? undefined : this.explain(error), client, release),
    );
  }

  /** The pool has no error codes: the sign is that its only connection is in use. */
  private explain(error: Error): Error {
    return this.totalCount > 0 && this.idleCount === 0 ? new DatabaseBusyError() : error;
  }
}

/** The `pg` driver, with that pool, for TypeORM's `driver` option. */
export const singleConnectionDriver = { ...pg, Pool: SingleConnectionPool };
