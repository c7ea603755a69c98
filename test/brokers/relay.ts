import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CONNECTIONS_ENTITIES, ConnectionsModule, type EventPublisher } from 'nestjs-powens-connections';
import { NatsJetStreamPublisher, RabbitMqPublisher } from 'nestjs-powens-connections/brokers';
import { jetStreamOf, openNats, RabbitMqHost } from './clients.js';
import { NAME, settingsOf } from './settings.js';

const { databaseUrl, broker, brokerUrl, batchSize } = settingsOf();

async function publisher(): Promise<EventPublisher> {
  if (broker === 'rabbitmq') {
    return new RabbitMqPublisher(new RabbitMqHost(brokerUrl).openChannel, { exchange: NAME });
  }
  const client = jetStreamOf(await openNats(brokerUrl));
  return new NatsJetStreamPublisher(client, { subject: ({ type }) => `${NAME}.${type}` });
}

/** A process that delivers events, and nothing else. The rig kills it. */
@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: databaseUrl,
      applicationName: 'relay',
      entities: [...CONNECTIONS_ENTITIES],
      installExtensions: false,
      // Sessions are kept, so that what they used can be read.
      extra: { max: 6, idleTimeoutMillis: 0 },
    }),
    ConnectionsModule.forRootAsync({
      routes: false,
      useFactory: async () => ({
        // No call to Powens is made.
        powens: {
          ...{ domain: 'proof-sandbox', clientId: '1', clientSecret: randomBytes(32).toString('hex') },
          ...{ apiUrl: 'http://localhost:1/2.0', webviewUrl: 'http://localhost:1' },
        },
        publicUrl: 'http://localhost:1',
        keys: `k1:${randomBytes(32).toString('base64')}`,
        insecureLoopback: true,
        reconciliation: { enabled: false },
        lifecycle: { sweeper: false },
        outbox: { pollIntervalMs: 100, leaseSeconds: 2, batchSize },
        events: { publisher: await publisher() },
      }),
    }),
  ],
})
class RelayModule {}

const app = await NestFactory.createApplicationContext(RelayModule, { logger: ['error', 'warn', 'fatal'] });
app.enableShutdownHooks();
process.send?.('started');
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
