import { Inject, Injectable } from '@nestjs/common';
import type { Sql } from 'sql-template-tag';
import { DataSource, type QueryRunner } from 'typeorm';
import { CONNECTIONS_DATA_SOURCE, RESOLVED_OPTIONS } from '../connections.constants.js';
import { ConfigurationError, ConnectionsError } from '../errors/index.js';
import type { ResolvedOptions } from '../options/resolved-options.js';
import { storageError } from './storage-error.js';
import { tablesOf, type Tables } from './tables.js';

/** What a driver's client answers. */
interface QueryAnswer {
  readonly rows: unknown[];
}

/** The part of the `pg` client that is used here. */
interface PgClient {
  query(query: { text: string; values: unknown[]; name?: string }): Promise<QueryAnswer>;
}

/** Prepared statements that one process names; those of the hot path come first. */
const MOST_NAMES = 200;

/** One for the process: two registrations on one DataSource share its sessions, where a name has one text. */
const NAMES = new Map<string, string>();

/**
 * One place that sends SQL to the host's DataSource: prepared by name, since parsing costs as much as running, and
 * with the driver's errors stripped at the border (TC-15).
 *
 * @internal
 */
@Injectable()
export class ConnectionsDatabase {
  #tables: Tables | undefined;

  constructor(
    @Inject(CONNECTIONS_DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(RESOLVED_OPTIONS) private readonly options: Pick<ResolvedOptions, 'preparedStatements'>,
  ) {}

  /** The library's tables, quoted, with the host's schema and prefix. */
  get tables(): Tables {
    this.#tables ??= tablesOf(this.dataSource);
    return this.#tables;
  }

  /**
   * Runs one statement on its own: one round trip, committed when it returns.
   *
   * @throws StorageError when the database refuses or loses it
   */
  async query<Row>(statement: Sql): Promise<Row[]> {
    return this.withSession(async (session) => session.run<Row>(statement));
  }

  /**
   * Lends one database session and takes it back whatever happens (RL-32). Nothing may be awaited in `use` but
   * statements: no session is ever held across an outbound call (RL-02).
   */
  async withSession<T>(use: (session: DatabaseSession) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner('master');
    try {
      const client = (await runner.connect()) as PgClient;
      return await use(new DatabaseSession(client, this.logTo(runner), (text) => this.nameOf(text)));
    } catch (error) {
      throw error instanceof ConnectionsError ? error : storageError(error);
    } finally {
      await runner.release();
    }
  }

  /**
   * Checks at boot that the DataSource can serve: PostgreSQL, entities registered, tables there.
   *
   * @throws ConfigurationError or ConnectionsError `schema_missing`, each saying what to do
   */
  async assertUsable(): Promise<void> {
    if (this.dataSource.options.type !== 'postgres') {
      throw new ConfigurationError(
        'dataSource',
        `is of type ${this.dataSource.options.type}; only postgres is supported so far.`,
      );
    }
    for (const [name, table] of Object.entries(this.tables)) {
      await this.probe(name, table as Sql);
    }
  }

  private async probe(name: string, table: Sql): Promise<void> {
    try {
      await this.dataSource.query(`SELECT 1 FROM ${table.sql} WHERE 1 = 0`);
    } catch (error) {
      const { sqlState } = storageError(error);
      if (sqlState !== '42P01' && sqlState !== '3F000') {
        throw storageError(error);
      }
      throw new ConnectionsError(
        'schema_missing',
        `ConnectionsModule: the table for ${name} (${table.sql}) is missing. ` +
          'Add CONNECTIONS_MIGRATIONS to the DataSource and run its migrations before the application starts.',
      );
    }
  }

  /**
   * The host's own query log sees every statement: hashes, ids and envelopes, never a secret (TC-16). Bytes are told by their
   * number: somebody's transactions do not belong there, and 3 MB would become 12 MB of digits.
   */
  private logTo(runner: QueryRunner): (text: string, values: unknown[]) => void {
    return (text, values) => {
      const told = values.map((value) => (value instanceof Uint8Array ? `[${value.length} bytes]` : value));
      this.dataSource.logger.logQuery(text, told, runner);
    };
  }

  private nameOf(text: string): string | undefined {
    if (!this.options.preparedStatements) {
      return undefined;
    }
    let name = NAMES.get(text);
    if (name === undefined) {
      if (NAMES.size >= MOST_NAMES) {
        // Transactions of many rows have a text per shape: what is rare must not fill every session with plans.
        return undefined;
      }
      name = `cnx_${NAMES.size}`;
      NAMES.set(text, name);
    }
    return name;
  }
}

/**
 * One session of the database, for as long as `withSession` lends it.
 *
 * @internal
 */
export class DatabaseSession {
  constructor(
    private readonly client: PgClient,
    private readonly log: (text: string, values: unknown[]) => void,
    private readonly nameOf: (text: string) => string | undefined,
  ) {}

  /** Runs one statement, prepared by name where the options allow it. */
  async run<Row>(statement: Sql): Promise<Row[]> {
    // `text` is a getter that joins all fragments: read once.
    const { text, values } = statement;
    const name = this.nameOf(text);
    this.log(text, values);
    try {
      const answer = await this.client.query(name === undefined ? { text, values } : { name, text, values });
      return answer.rows as Row[];
    } catch (error) {
      throw storageError(error);
    }
  }
}
