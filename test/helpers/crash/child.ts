import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { Injectable, Module, type DynamicModule, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  CONNECTIONS_ENTITIES,
  CONNECTIONS_MIGRATIONS,
  ConnectionsError,
  ConnectionsModule,
  ConnectionsService,
  KeyRotationService,
  OnConnectionEvent,
  type ConnectionEvent,
  type ConnectionsRequest,
} from 'nestjs-powens-connections';
import { CrashPoints } from './crash-points.js';
import {
  OPERATION_HEADER,
  type CallName,
  type ChildAnswer,
  type ChildRequest,
  type ChildSettings,
} from './protocol.js';

const points = new CrashPoints();
let app: INestApplication | null = null;

function running(): INestApplication {
  if (app === null) throw new Error('not booted yet');
  return app;
}

@Module({})
class ChildModule {}

function userOf(request: ConnectionsRequest): string | null {
  const user = request.headers['x-user'];
  return typeof user === 'string' ? user : null;
}

/** The application that is killed: the library, its relay and its sweeper. */
function childModule(settings: ChildSettings): DynamicModule {
  @Injectable()
  class Handlers {
    @OnConnectionEvent('*')
    record(event: ConnectionEvent): void {
      appendFileSync(settings.eventsFile, `${JSON.stringify(event)}\n`);
    }
  }

  const { sandboxUrl, client, keys, provisioning, port } = settings;
  return {
    module: ChildModule,
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url: settings.databaseUrl,
        entities: [...CONNECTIONS_ENTITIES],
        migrations: [...CONNECTIONS_MIGRATIONS],
        migrationsRun: settings.migrate,
        installExtensions: false,
        logger: points.logger(),
        extra: { max: 5 },
      }),
      ConnectionsModule.forRoot({
        powens: { ...client, apiUrl: `${sandboxUrl}/2.0`, webviewUrl: sandboxUrl },
        publicUrl: `http://localhost:${port}`,
        keys,
        provisioning,
        owner: { resolveOwner: userOf, resolvePrincipal: userOf },
        insecureLoopback: true,
        outbox: { pollIntervalMs: 300 },
        lifecycle: { sweepIntervalMs: 500 },
      }),
    ],
    providers: [Handlers],
  };
}

async function boot(settings: ChildSettings): Promise<void> {
  points.watch(settings);
  app = await NestFactory.create(childModule(settings), { abortOnError: false });
  app.use((request: ConnectionsRequest, _response: unknown, next: () => void) => {
    if (request.headers[OPERATION_HEADER] === undefined) next();
    else points.run(next);
  });
  await app.listen(settings.port, 'localhost');
}

async function call(name: CallName, owners: readonly string[]): Promise<unknown> {
  const connections = running().get(ConnectionsService);
  const [owner = ''] = owners;
  switch (name) {
    case 'tokens':
      return Promise.all(owners.map(async (id) => digestOf(connections, id)));
    case 'renew':
      return points.run(async () => connections.renewToken(owner));
    case 'revoke':
      return points.run(async () => connections.revokeToken(owner));
    case 'rotate':
      return points.run(async () => running().get(KeyRotationService).rotate({ batchSize: 2 }));
  }
}

/** A token does not leave the process: its digest is enough to compare. */
async function digestOf(connections: ConnectionsService, owner: string): Promise<string> {
  return connections.withToken(owner, (token) =>
    token.use((clear) => createHash('sha256').update(clear).digest('hex')),
  );
}

async function serve(request: ChildRequest): Promise<unknown> {
  switch (request.name) {
    case 'boot':
      return boot(request.settings);
    case 'arm':
      return points.arm(request.at);
    case 'disarm':
      points.disarm();
      return null;
    default:
      return call(request.name, request.owners);
  }
}

function answer(message: ChildAnswer): void {
  process.send?.(message);
}

// Everything is loaded by now: a child may wait for its turn, and boots fast when it comes.
process.on('message', (request: ChildRequest) => {
  const { id } = request;
  serve(request).then(
    (value) => {
      answer({ id, value: value ?? null });
    },
    (error: unknown) => {
      answer({ id, error: error instanceof ConnectionsError ? error.code : String(error) });
    },
  );
});
// Whoever started it is gone: nobody else would ever end it.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
