import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import sql, { raw, type Sql } from 'sql-template-tag';
import type { DataSource, EntityManager } from 'typeorm';
import { ConfigurationError } from '../../errors/index.js';
import { CONSUMER_OPTIONS, type ResolvedConsumerOptions } from '../options/consumer-options.js';
import { ConsumedEventEntity } from './consumed-event.entity.js';
import { runInTransaction } from './run-in-transaction.js';

/** What runs a statement: the DataSource, or the manager of a transaction. */
type Runner = Pick<EntityManager, 'query'>;

/**
 * Rows of consumed events, in the database of the consuming application.
 *
 * @internal
 */
@Injectable()
export class ConsumedEventsRepository implements OnModuleInit {
  #opened: { readonly dataSource: DataSource; readonly table: Sql } | undefined;

  constructor(
    @Inject(CONSUMER_OPTIONS) private readonly options: ResolvedConsumerOptions,
    private readonly modules: ModuleRef,
  ) {}

  /** Every DataSource exists when Nest calls this hook, and not before. */
  async onModuleInit(): Promise<void> {
    const dataSource = this.findDataSource();
    assertUsable(dataSource);
    const path = dataSource.getMetadata(ConsumedEventEntity).tablePath.split('.');
    const table = path.map(quoted).join('.');
    // Handlers may leave another `search_path` on a session: one for each tenant, say.
    const [row] = await dataSource.query<{ schema: string }[]>(
      `SELECT nspname::text AS schema FROM pg_namespace
        WHERE oid = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass($1::text))`,
      [table],
    );
    const isNamed = path.length > 1 || row === undefined;
    this.#opened = { dataSource, table: raw(isNamed ? table : `${quoted(row.schema)}.${table}`) };
  }

  /** Runs `work` in a transaction of the application's DataSource. */
  async transaction(work: (manager: EntityManager) => Promise<void>): Promise<void> {
    await runInTransaction(this.opened.dataSource, work);
  }

  /** Whether the handlers of an event have succeeded. */
  async isConsumed(id: string): Promise<boolean> {
    const rows = await this.run(
      sql`SELECT 1 FROM ${this.opened.table}
        WHERE event_id = ${id} AND consumer = ${this.options.name} AND consumed_at IS NOT NULL`,
    );
    return rows.length > 0;
  }

  /**
   * Records that an event is consumed. A transaction that records the same event at the same time waits for this one.
   *
   * @returns false when it was recorded before
   */
  async record(id: string, manager?: EntityManager): Promise<boolean> {
    const rows = await this.run(
      sql`INSERT INTO ${this.opened.table} AS known (event_id, consumer, tries, consumed_at, touched_at)
        VALUES (${id}, ${this.options.name}, 0, now(), now())
        ON CONFLICT (event_id, consumer) DO UPDATE SET consumed_at = now(), touched_at = now()
        WHERE known.consumed_at IS NULL RETURNING event_id`,
      manager,
    );
    return rows.length > 0;
  }

  /**
   * Counts a try of an event.
   *
   * @returns tries so far, this one included; null when the event is consumed
   */
  async countTry(id: string): Promise<number | null> {
    const [row] = await this.run<{ tries: number }>(
      sql`INSERT INTO ${this.opened.table} AS known (event_id, consumer, tries, consumed_at, touched_at)
        VALUES (${id}, ${this.options.name}, 1, NULL, now())
        ON CONFLICT (event_id, consumer) DO UPDATE SET tries = known.tries + 1, touched_at = now()
        WHERE known.consumed_at IS NULL RETURNING tries`,
    );
    return row?.tries ?? null;
  }

  /** Forgets the tries of an event that is put aside: it starts anew when someone moves it back to the queue. */
  async forget(id: string): Promise<void> {
    await this.run(
      sql`DELETE FROM ${this.opened.table}
        WHERE event_id = ${id} AND consumer = ${this.options.name} AND consumed_at IS NULL RETURNING event_id`,
    );
  }

  /**
   * Removes rows that were not written for `retentionDays`, and no more than `limit`.
   *
   * @returns how many; fewer than `limit` when no more are due
   */
  async purge(limit: number): Promise<number> {
    const { name, retentionDays } = this.options;
    const rows = await this.run(
      sql`DELETE FROM ${this.opened.table} WHERE consumer = ${name} AND event_id = ANY(ARRAY(
          SELECT event_id FROM ${this.opened.table}
          WHERE touched_at < now() - ${retentionDays}::int * interval '1 day' AND consumer = ${name}
          ORDER BY touched_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
        )) RETURNING event_id`,
    );
    return rows.length;
  }

  private get opened(): { readonly dataSource: DataSource; readonly table: Sql } {
    if (this.#opened === undefined) {
      throw unusable('is used before Nest initialised the module.');
    }
    return this.#opened;
  }

  private findDataSource(): DataSource {
    const { dataSource: name } = this.options;
    try {
      return this.modules.get<DataSource>(getDataSourceToken(name), { strict: false });
    } catch {
      throw unusable(
        `names a DataSource "${name}", which the application does not have. Import TypeOrmModule.forRoot() or forRootAsync().`,
      );
    }
  }

  /** Rows of a statement. TypeORM adds the count of an UPDATE or DELETE, which no other statement here has. */
  private async run<T>({ text, values }: Sql, runner: Runner = this.opened.dataSource.manager): Promise<T[]> {
    const result = await runner.query<T[] | [T[], number]>(text, values);
    const [first] = result;
    return Array.isArray(first) ? first : (result as T[]);
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function assertUsable(dataSource: DataSource): void {
  const { type } = dataSource.options;
  if (type !== 'postgres') {
    throw unusable(`names a DataSource of type "${type}"; only "postgres" is supported.`);
  }
  if (!dataSource.hasMetadata(ConsumedEventEntity)) {
    throw unusable(
      'names a DataSource without the table of consumed events. Add ...EVENT_CONSUMER_ENTITIES to its `entities` and ...EVENT_CONSUMER_MIGRATIONS to its `migrations`.',
    );
  }
}

function unusable(problem: string): ConfigurationError {
  return new ConfigurationError('EventConsumerModule.dataSource', problem);
}
