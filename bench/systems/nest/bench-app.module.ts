import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  CONNECTIONS_ENTITIES,
  ConnectionsModule,
  OnConnectionEvent,
  type ConnectionEvent,
  type ConnectionsRequest,
} from 'nestjs-powens-connections';
import type { ServerSetup } from '../../control/protocol.js';

/** The no-op handler of every event. */
@Injectable()
export class EventCounter {
  delivered = 0;

  @OnConnectionEvent('*')
  count(_: ConnectionEvent): void {
    this.delivered += 1;
  }
}

/** A host as small as one can be: an owner per request header, a database pool, one handler. */
@Module({})
export class BenchAppModule {
  static forRoot(setup: ServerSetup): DynamicModule {
    const { databaseUrl, poolSize, sandboxUrl, client, port, key, system } = setup;
    return {
      module: BenchAppModule,
      imports: [
        TypeOrmModule.forRoot({
          type: 'postgres',
          url: databaseUrl,
          entities: [...CONNECTIONS_ENTITIES],
          installExtensions: false,
          extra: { max: poolSize },
        }),
        ConnectionsModule.forRoot({
          powens: { ...client, apiUrl: `${sandboxUrl}/2.0`, webviewUrl: sandboxUrl, maxSockets: poolSize },
          publicUrl: `http://127.0.0.1:${port}`,
          instance: system,
          keys: `k1:${key}`,
          owner: { resolveOwner: userOf, resolvePrincipal: userOf },
          insecureLoopback: true,
        }),
      ],
      providers: [EventCounter],
    };
  }
}

/** Stands in for the host's session. */
function userOf(request: ConnectionsRequest): string | null {
  const user = request.headers['x-user'];
  return typeof user === 'string' ? user : null;
}
