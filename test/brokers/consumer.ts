import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { ConnectionEvent } from 'nestjs-powens-connections';
import {
  EVENT_CONSUMER_ENTITIES,
  EventConsumerModule,
  NatsJetStreamEventSource,
  OnConnectionEventInTransaction,
  RabbitMqEventSource,
  type EventSource,
} from 'nestjs-powens-connections/consumer';
import type { EntityManager } from 'typeorm';
import { jetStreamOf, openNats, RabbitMqHost } from './clients.js';
import { NAME, settingsOf } from './settings.js';

const { databaseUrl, broker, brokerUrl } = settingsOf();

async function source(): Promise<EventSource> {
  if (broker === 'rabbitmq') {
    return new RabbitMqEventSource(new RabbitMqHost(brokerUrl).openChannel, { queue: NAME, exchange: NAME });
  }
  const client = jetStreamOf(await openNats(brokerUrl));
  return new NatsJetStreamEventSource(async () => client.consumers.get(NAME, NAME), { consumer: NAME });
}

@Injectable()
class Ledger {
  @OnConnectionEventInTransaction('*')
  async write({ id, connectionId, data }: ConnectionEvent, manager: EntityManager): Promise<void> {
    const { sequence } = data as unknown as { sequence: number };
    await manager.query('INSERT INTO ledger (event_id, connection_id, sequence) VALUES ($1, $2, $3)', [
      id,
      connectionId,
      sequence,
    ]);
  }
}

/** Another application than the one that publishes. The rig kills it. */
@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: databaseUrl,
      entities: [...EVENT_CONSUMER_ENTITIES],
      installExtensions: false,
      extra: { max: 10 },
    }),
    EventConsumerModule.forRootAsync({ useFactory: async () => ({ source: await source() }) }),
  ],
  providers: [Ledger],
})
class ConsumerModule {}

const app = await NestFactory.createApplicationContext(ConsumerModule, {
  logger: ['error', 'warn', 'fatal'],
});
app.enableShutdownHooks();
process.send?.('started');
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
