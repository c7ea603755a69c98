import { randomUUID } from 'node:crypto';
import { Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/helpers/database.js';
import { OnConnectionEvent, type ConnectionEvent, type ConnectionEventType } from '../../events/index.js';
import { EVENT_CONSUMER_ENTITIES, EVENT_CONSUMER_MIGRATIONS } from '../database/index.js';
import { EventConsumerModule } from '../event-consumer.module.js';
import { OnConnectionEventInTransaction } from '../handlers/on-connection-event-in-transaction.decorator.js';
import type { EventConsumerModuleOptions } from '../options/consumer-options.js';
import { MemorySource } from './memory-source.js';

/** What the handlers of a test do. */
export abstract class Behaviour {
  plain: (event: ConnectionEvent) => Promise<void> = async () => Promise.resolve();
  inTransaction: (event: ConnectionEvent, manager: EntityManager) => Promise<void> = async () =>
    Promise.resolve();
}

@Injectable()
export class Handlers {
  /** Ids of the events, in the order of the calls. */
  readonly plain: string[] = [];
  readonly inTransaction: string[] = [];

  constructor(private readonly behaviour: Behaviour) {}

  @OnConnectionEvent('connection.created')
  async onCreated(event: ConnectionEvent): Promise<void> {
    this.plain.push(event.id);
    await this.behaviour.plain(event);
  }

  @OnConnectionEvent('connection.deleted')
  onDeleted(event: ConnectionEvent): void {
    this.plain.push(event.id);
  }

  @OnConnectionEventInTransaction(['connection.synced', 'connection.deleted'])
  async onSynced(event: ConnectionEvent, manager: EntityManager): Promise<void> {
    this.inTransaction.push(event.id);
    await manager.query('INSERT INTO ledger (event_id) VALUES ($1)', [event.id]);
    await this.behaviour.inTransaction(event, manager);
  }
}

/** An application that consumes. */
export interface ConsumerApp {
  readonly context: INestApplicationContext;
  readonly handlers: Handlers;
  readonly behaviour: Behaviour;
  readonly source: MemorySource;
  readonly lines: readonly string[];
}

/** What the tests of a file use. */
export interface Consumers {
  readonly url: string;
  start(options?: Partial<EventConsumerModuleOptions>, source?: MemorySource): Promise<ConsumerApp>;
  query<T>(text: string, values?: readonly unknown[]): Promise<T[]>;
  /** Ids in the ledger, which the handlers in transactions write, in the order of the writes. */
  ledger(): Promise<string[]>;
}

/** A database for the tests of a file, emptied after each; the applications that a test starts end with it. */
export function useConsumers(set: (opened: Consumers) => void): void {
  let database: TestDatabase;
  let dataSource: DataSource;
  const started: INestApplicationContext[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    const first = await startApp(database, new MemorySource(), {});
    await first.context.close();
    const { DataSource: Opened } = await import('typeorm');
    dataSource = await new Opened({
      type: 'postgres',
      url: database.url,
      installExtensions: false,
      extra: { max: 1 },
    }).initialize();
    await dataSource.query('CREATE TABLE ledger (position serial, event_id uuid)');
    const query = async <T>(text: string, values: readonly unknown[] = []): Promise<T[]> =>
      dataSource.query<T[]>(text, [...values]);
    set({
      url: database.url,
      start: async (options = {}, source = new MemorySource()) => {
        const app = await startApp(database, source, options);
        started.push(app.context);
        return app;
      },
      query,
      ledger: async () =>
        (await query<{ event_id: string }>('SELECT event_id FROM ledger ORDER BY position')).map(
          ({ event_id: id }) => id,
        ),
    });
  });

  afterEach(async () => {
    for (const app of started.splice(0)) await app.close();
    await dataSource.query('DELETE FROM ledger');
    await dataSource.query('DELETE FROM powens_consumed_event');
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });
}

async function startApp(
  database: TestDatabase,
  source: MemorySource,
  options: Partial<EventConsumerModuleOptions>,
): Promise<ConsumerApp> {
  const lines: string[] = [];
  const write = (line: unknown): void => {
    lines.push(String(line));
  };
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url: database.url,
        installExtensions: false,
        entities: [...EVENT_CONSUMER_ENTITIES],
        migrations: [...EVENT_CONSUMER_MIGRATIONS],
        migrationsRun: true,
        extra: { max: database.poolSize },
      }),
      EventConsumerModule.forRoot({ source, ...options }),
    ],
    providers: [Handlers, { provide: Behaviour, useValue: { plain: noop, inTransaction: noop } }],
  })
  class ConsumerTestModule {}
  const built = await Test.createTestingModule({ imports: [ConsumerTestModule] }).compile();
  built.useLogger({ log: write, warn: write, error: (line: unknown) => write(`ERROR ${String(line)}`) });
  const context = await built.init();
  return { context, source, lines, handlers: context.get(Handlers), behaviour: context.get(Behaviour) };
}

async function noop(): Promise<void> {
  await Promise.resolve();
}

/** An event as the library publishes it. */
export function eventOf(
  type: ConnectionEventType = 'connection.synced',
  connectionId: string | null = randomUUID(),
): ConnectionEvent {
  return {
    ...{ id: randomUUID(), type, version: 1, occurredAt: new Date().toISOString(), instance: 'default' },
    ...{
      ownerId: 'ann',
      tenant: '',
      attemptId: null,
      connectionId,
      powensConnectionId: '7',
      powensUserId: '1',
    },
    data: {},
  } as unknown as ConnectionEvent;
}
