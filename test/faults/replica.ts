import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { Injectable, Module, type DynamicModule, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  CONNECTIONS_ENTITIES,
  ConnectionsError,
  ConnectionsModule,
  ConnectionsReadiness,
  ConnectionsService,
  OnConnectionEvent,
  ReconciliationService,
  type ConnectionEvent,
  type ConnectionsRequest,
} from 'nestjs-powens-connections';
import type { ReplicaAnswer, ReplicaRequest, ReplicaSettings } from './protocol.js';

/** One of several processes of a host application, which is killed and stopped as the rig likes. */
let app: INestApplication | null = null;

@Module({})
class ReplicaModule {}

const userOf = ({ headers }: ConnectionsRequest): string | null => {
  const user = headers['x-user'];
  return typeof user === 'string' ? user : null;
};

function replicaModule(settings: ReplicaSettings): DynamicModule {
  @Injectable()
  class Handlers {
    @OnConnectionEvent('*')
    record(event: ConnectionEvent): void {
      appendFileSync(settings.eventsFile, `${JSON.stringify(event)}\n`);
    }
  }

  return {
    module: ReplicaModule,
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url: settings.databaseUrl,
        applicationName: settings.name,
        entities: [...CONNECTIONS_ENTITIES],
        installExtensions: false,
        // A boot while the database is away is the host's affair: it is tried until the rig kills it.
        retryAttempts: 1000,
        retryDelay: 250,
        extra: { max: settings.poolSize, connectionTimeoutMillis: 5000 },
      }),
      ConnectionsModule.forRoot({
        powens: {
          ...settings.client,
          apiUrl: settings.apiUrl,
          webviewUrl: settings.webviewUrl,
          usersToken: settings.usersToken,
        },
        publicUrl: settings.publicUrl,
        keys: settings.keys,
        provisioning: settings.provisioning,
        owner: { resolveOwner: userOf, resolvePrincipal: userOf },
        insecureLoopback: true,
        outbox: { pollIntervalMs: 300 },
        lifecycle: { sweepIntervalMs: 1000 },
        ...settings.options,
        reconciliation: { enabled: false, usersPerMinute: 6000, ...settings.options.reconciliation },
      }),
    ],
    providers: [Handlers],
  };
}

async function boot(settings: ReplicaSettings): Promise<void> {
  app = await NestFactory.create(replicaModule(settings), {
    abortOnError: false,
    logger: ['error', 'warn', 'fatal'],
  });
  await app.listen(settings.port, '127.0.0.1');
}

function running(): INestApplication {
  if (app === null) throw new Error('not booted yet');
  return app;
}

async function serve(request: ReplicaRequest): Promise<unknown> {
  switch (request.name) {
    case 'boot':
      return boot(request.settings);
    case 'tokens':
      return Promise.all(request.owners.map(digestOf));
    case 'reconcile':
      return running().get(ReconciliationService).reconcileAll();
    case 'ready':
      return running().get(ConnectionsReadiness).check();
  }
}

/** A token does not leave the process: its digest is enough to compare. */
async function digestOf(owner: string): Promise<string | null> {
  const connections = running().get(ConnectionsService);
  try {
    return await connections.withToken(owner, (token) =>
      token.use((clear) => createHash('sha256').update(clear).digest('hex')),
    );
  } catch (error) {
    if (error instanceof ConnectionsError) return null;
    throw error;
  }
}

// Everything is loaded by now: a replica may wait for its turn, and boots fast when it comes.
process.on('message', (request: ReplicaRequest) => {
  const answer = (message: ReplicaAnswer): void => {
    process.send?.(message);
  };
  const { id } = request;
  serve(request).then(
    (value) => answer({ id, value: value ?? null }),
    (error: unknown) => answer({ id, error: error instanceof Error ? error.message : String(error) }),
  );
});
// The rig is gone: nobody else would ever end this process.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
