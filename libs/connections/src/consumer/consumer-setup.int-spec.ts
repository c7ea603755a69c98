import { Injectable, Module, Scope } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { OnEvent } from '@nestjs/event-emitter';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { until } from '../../../../test/helpers/until.js';
import { eventOf, useConsumers, type Consumers } from './__support__/consumer-app.js';
import { MemorySource } from './__support__/memory-source.js';
import { EVENT_CONSUMER_ENTITIES, EVENT_CONSUMER_MIGRATIONS } from './database/index.js';
import { ConsumedEventsRepository } from './database/consumed-events.repository.js';
import { EventConsumerModule } from './event-consumer.module.js';
import { resolveConsumerOptions } from './options/consumer-options.js';

describe('the set-up of a consumer', () => {
  let consumers: Consumers;

  useConsumers((opened) => {
    consumers = opened;
  });

  it.each([
    [{ concurrency: 0 }, 'EventConsumerModule.concurrency'],
    [{ prefetch: 1.5 }, 'EventConsumerModule.prefetch'],
    [{ name: 'a b' }, 'EventConsumerModule.name'],
    [{ dataSource: 'other' }, 'names a DataSource "other", which the application does not have'],
    [{ retention: 3 }, 'EventConsumerModule.retention'],
    [{ source: undefined }, 'Pass a RabbitMqEventSource'],
  ])('should refuse %j, and say what to do', async (options, problem) => {
    await expect(consumers.start(options as object)).rejects.toThrow(problem);
  });

  it('should refuse options that depend on a provider that is made per request: nothing would be consumed', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {}
    @Module({ providers: [PerRequest], exports: [PerRequest] })
    class PerRequestModule {}
    const consumer = EventConsumerModule.forRootAsync({
      imports: [PerRequestModule],
      inject: [PerRequest],
      useFactory: () => ({ source: new MemorySource() }),
    });
    const built = await Test.createTestingModule({ imports: [consumer] }).compile();
    await expect(built.init()).rejects.toThrow('PerRequest, which Nest makes for each request');
  });

  it('should consume nothing where the application handles only events of its own: they would be lost', async () => {
    class Orders {
      @OnEvent('order.created')
      ship(): void {
        // Not about a connection.
      }
    }
    const source = new MemorySource();
    source.send(eventOf());
    const dataSource = TypeOrmModule.forRoot({
      ...{ type: 'postgres', url: consumers.url, installExtensions: false, extra: { max: 1 } },
      entities: [...EVENT_CONSUMER_ENTITIES],
    });
    const imports = [dataSource, EventConsumerModule.forRoot({ source })];
    const built = await Test.createTestingModule({ imports, providers: [Orders] }).compile();
    const warned: unknown[] = [];
    built.useLogger({ log: () => undefined, error: () => undefined, warn: (line) => warned.push(line) });
    await built.init();
    await built.close();
    expect(warned).toEqual([expect.stringContaining('No handler is registered')]);
    expect([source.opened, source.left]).toEqual([0, 1]);
  });

  it('should have tables as the entities describe them, which its migrations also remove', async () => {
    const dataSource = await new DataSource({
      ...{ type: 'postgres', url: consumers.url, installExtensions: false, extra: { max: 1 } },
      ...{ entities: [...EVENT_CONSUMER_ENTITIES], migrations: [...EVENT_CONSUMER_MIGRATIONS] },
    }).initialize();
    try {
      const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
      await dataSource.undoLastMigration();
      expect(await consumers.query(`SELECT to_regclass('powens_consumed_event') AS found`)).toEqual([
        { found: null },
      ]);
      await dataSource.runMigrations();
    } finally {
      await dataSource.destroy();
    }
  });

  it('should remove records that are older than the retention, in batches, and of this consumer only', async () => {
    const app = await consumers.start({ retentionDays: 7 });
    // Of a name that the application itself, which removes at its start, leaves alone.
    const options = resolveConsumerOptions({ source: app.source, name: 'batches', retentionDays: 7 });
    await consumers.query(
      `INSERT INTO powens_consumed_event SELECT gen_random_uuid(), c, 0, now(), now() - age * interval '1 day'
       FROM unnest(ARRAY['batches', 'other']) c, unnest(ARRAY[6, 8, 8, 8]) age`,
    );
    const repository = new ConsumedEventsRepository(options, app.context.get(ModuleRef));
    await repository.onModuleInit();
    expect([await repository.purge(2), await repository.purge(2), await repository.purge(2)]).toEqual([
      2, 1, 0,
    ]);
    const left = await consumers.query<{ consumer: string; count: string }>(
      'SELECT consumer, count(*) FROM powens_consumed_event GROUP BY 1 ORDER BY 1',
    );
    expect(left.map(({ consumer, count }) => [consumer, Number(count)])).toEqual([
      ['batches', 1],
      ['other', 4],
    ]);
  });

  it('should open the source again when it ended', async () => {
    const source = new MemorySource();
    await consumers.start({}, source);
    source.cut();
    const event = eventOf();
    source.send(event);
    await until(() => source.left === 0);
    expect(source.opened).toBe(2);
    expect(await consumers.ledger()).toEqual([event.id]);
  });
});
