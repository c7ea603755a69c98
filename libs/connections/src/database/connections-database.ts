import { Inject, Injectable, type Logger } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { CONNECTIONS_DATA_SOURCE, RESOLVED_OPTIONS } from '../connections.constants.js';
import { ConnectionsError } from '../errors/index.js';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import { DatabaseSession, type StatementSettings } from './session/database-session.js';
import { withRetries, type RetryPolicy } from './retry.js';
import { SessionPool } from './session/session-pool.js';
import { storageError } from './session/storage-error.js';
import { tablesOf, type Tables } from './tables.js';
import { commit, Transaction } from './unit-of-work.js';
import { assertUsableDataSource, locateTables } from './usable-data-source.js';
import { loggerOf } from '../options/registration/logger-of.js';

export type { DatabaseSession };

/** Limits of a process without options, such as a CLI command. */
const COMMAND_LIMITS = { acquireTimeoutMs: 10_000, statementTimeoutMs: 600_000 };

/** How one statement is run. */
export interface StatementPolicy extends RetryPolicy {
  /**
   * Milliseconds to wait for the answer.
   *
   * @default `database.statementTimeoutMs`
   */
  readonly timeoutMs?: number;
  /**
   * Whether the server may keep the plan. `false` for statements on tables that fill and empty: a plan made while a table
   * was empty scans all of it once it is full.
   *
   * @default true, if `preparedStatements` is enabled
   */
  readonly prepared?: boolean;
}

/** For background tasks: they search for due rows, whose number determines the best plan, so no plan is kept. */
export const BACKGROUND: StatementPolicy = { prepared: false };

/** Result of a check of the database. */
export interface DatabaseCondition {
  /** Whether it accepts writes: a standby does not, nor a session that `default_transaction_read_only` restricts. */
  readonly writable: boolean;
  /** Whether the library's tables exist. */
  readonly complete: boolean;
}

/** A statement that only reads may run any number of times. */
const READS = /^\s*SELECT\b/;

/**
 * The only place that sends SQL to the host's DataSource: prepared by name, since parsing costs as much as running; retried
 * while the database refuses for a temporary reason; and without the details of the driver's errors (TC-15).
 *
 * @internal
 */
@Injectable()
export class ConnectionsDatabase {
  /** Value of the column `instance` in every row that this registration reads and writes. */
  readonly instance: string;
  readonly #sessions: SessionPool;
  readonly #settings: StatementSettings;
  #tables: Tables | undefined;
  readonly #logger: Logger;
  #isChecked = false;

  constructor(
    @Inject(CONNECTIONS_DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(RESOLVED_OPTIONS)
    options: Pick<ResolvedOptions, 'instance' | 'preparedStatements'> &
      Partial<Pick<ResolvedOptions, 'database'>>,
  ) {
    this.instance = options.instance;
    this.#logger = loggerOf('ConnectionsModule', options);
    const { acquireTimeoutMs, statementTimeoutMs } = options.database ?? COMMAND_LIMITS;
    this.#sessions = new SessionPool(dataSource, acquireTimeoutMs, loggerOf('ConnectionsDatabase', options));
    this.#settings = {
      named: options.preparedStatements,
      timeoutMs: statementTimeoutMs,
      log: (text, values) => {
        this.log(text, values);
      },
    };
  }

  /**
   * The library's tables, quoted, with the host's schema and prefix.
   *
   * @throws ConfigurationError when the DataSource cannot be used
   */
  get tables(): Tables {
    if (this.#tables === undefined) {
      assertUsableDataSource(this.dataSource);
      this.#tables = tablesOf(this.dataSource);
    }
    return this.#tables;
  }

  /**
   * Runs one statement on its own: one round trip, committed when it returns. If the database refuses it for a
   * temporary reason, it is run again, also after a lost connection when it reads or the policy calls it repeatable.
   *
   * @throws StorageError when the database refuses or loses it
   */
  async query<Row>(statement: Sql, policy: StatementPolicy = {}): Promise<Row[]> {
    const repeatable = policy.repeatable ?? READS.test(statement.strings[0] ?? '');
    return withRetries({ ...policy, repeatable }, async (leftMs) =>
      this.withSession(async (session) => session.run<Row>(statement, policy), leftMs),
    );
  }

  /**
   * Runs the writes that `collect` adds as one transaction, and retries them while the database refuses them for a temporary reason.
   *
   * @param policy - how long
   * @throws StorageError when the database refused; nothing was written
   * @throws ConnectionsError `busy` when a write changed another number of rows than required; nothing was written
   * @throws ConnectionsError `commit_outcome_unknown` when the connection was lost meanwhile: read the state before acting (RL-08)
   */
  async transaction(
    collect: (tx: Transaction) => void,
    policy: Pick<RetryPolicy, 'withinMs'> = {},
  ): Promise<void> {
    await withRetries(policy, async (leftMs) => {
      const tx = new Transaction();
      collect(tx);
      await this.withSession(async (session) => commit(session, tx), leftMs);
    });
  }

  /**
   * Checks whether the database can serve: one statement that waits for no lock and writes nothing. A session that was
   * opened while the server was a standby keeps reporting a standby: it is destroyed, and another one is used.
   *
   * @param withinMs - maximum duration of the check
   * @throws StorageError when there is no answer in time
   */
  async look(withinMs: number): Promise<DatabaseCondition> {
    const names = Object.values(this.tables).map((table: Sql) => table.sql);
    const statement = sql`
      SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off' AS writable,
        (SELECT bool_and(to_regclass(name) IS NOT NULL) FROM unnest(${names}::text[]) name) AS complete`;
    const policy = { withinMs, timeoutMs: withinMs };
    const [first] = await this.query<DatabaseCondition>(statement, policy);
    if (first?.writable === true) {
      return first;
    }
    this.#sessions.suspectAll();
    const [second] = await this.query<DatabaseCondition>(statement, policy);
    return second ?? { writable: false, complete: false };
  }

  /**
   * Lends one database session and always takes it back (RL-32); a session that lost its connection, is read-only, or has a role
   * of the application that lacks a privilege, is destroyed. Nothing may be awaited in `use` but statements: no session is ever
   * held across an outbound call (RL-02).
   *
   * @param withinMs - maximum wait for a free session, where it is shorter than `database.acquireTimeoutMs`
   */
  async withSession<T>(use: (session: DatabaseSession) => Promise<T>, withinMs = Infinity): Promise<T> {
    this.noteUse();
    const { client, release } = await this.#sessions.take(withinMs);
    const session = new DatabaseSession(client, this.#settings);
    try {
      return await use(session);
    } catch (error) {
      const failure = error instanceof ConnectionsError ? error : storageError(error);
      if (await session.isAtFault(failure)) {
        this.#sessions.suspectAll();
      }
      throw failure;
    } finally {
      release(session.broken);
    }
  }

  /**
   * Runs statements in a transaction of their own, under an advisory lock that all processes share. The lock is a statement of
   * its own: in the same statement, the snapshot would be older than the lock.
   *
   * @param lock - `wait`: whether to wait for a process that holds it
   * @returns null when the lock is held elsewhere and must not be waited for
   */
  async exclusively<T>(
    lock: { readonly name: string; readonly wait: boolean },
    run: (session: DatabaseSession) => Promise<T>,
  ): Promise<T | null> {
    const take = raw(lock.wait ? 'pg_advisory_xact_lock' : 'pg_try_advisory_xact_lock');
    const key = `powens ${lock.name} ${this.instance}`;
    return this.withSession(async (session) => {
      await session.run(sql`BEGIN ISOLATION LEVEL READ COMMITTED`);
      try {
        const [row] = await session.run<{ taken: unknown }>(
          sql`SELECT ${take}(hashtextextended(${key}::text, 0)) AS taken`,
        );
        const result = row?.taken === false ? null : await run(session);
        await session.run(sql`COMMIT`);
        return result;
      } catch (error) {
        // A lost connection has rolled back by itself; the first error is the relevant one.
        await session.run(sql`ROLLBACK`).catch(() => []);
        throw error;
      }
    });
  }

  /**
   * Checks at boot that the DataSource can serve: PostgreSQL, registered entities, existing tables.
   *
   * @throws ConfigurationError or ConnectionsError `schema_missing`, each with the repair in its message
   */
  async assertUsable(): Promise<void> {
    this.#isChecked = true;
    this.#tables = await locateTables(this.dataSource, this.tables, async <Row>(statement: Sql) =>
      this.withSession(async (session) => session.run<Row>(statement)),
    );
  }

  /** Logged once: without the hooks of Nest nothing runs in the background, and nothing was checked. */
  private noteUse(): void {
    if (!this.#isChecked) {
      this.#isChecked = true;
      this.#logger.error(
        'ConnectionsModule is used, but Nest has not run its hooks: no event is delivered, no webhook processed, no route exists, ' +
          'and nothing was checked. Loaded by LazyModuleLoader? Import it in a module of the application, with routes: false if ' +
          'only its services are needed. Otherwise await app.init() first, in tests too.',
      );
    }
  }

  /**
   * The host's own query log sees every statement: hashes, ids and envelopes, never a secret (TC-16). Of bytes,
   * only the number is logged: a person's transactions do not belong in a log, and 3 MB would become 12 MB of digits.
   */
  private log(text: string, values: unknown[]): void {
    const shown = values.map((value) => (value instanceof Uint8Array ? `[${value.length} bytes]` : value));
    this.dataSource.logger.logQuery(text, shown);
  }
}
