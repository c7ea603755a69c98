import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  CONNECTIONS_ENTITIES,
  ConnectionsModule,
  OnConnectionEvent,
  type ConnectionEvent,
  type ConnectionsModuleOptions,
  type ConnectionsRequest,
} from 'nestjs-powens-connections';
import type { ServerSetup, SystemName } from '../../control/protocol.js';
import { INSTANCE } from './instance.js';
import { SweepCounter } from './sweep-counter.js';

/** The no-op handler of every event. */
@Injectable()
export class EventCounter {
  delivered = 0;

  @OnConnectionEvent('*')
  count(_: ConnectionEvent): void {
    this.delivered += 1;
  }
}

/** Counts the rounds of the sweeper in this process. */
export const sweeps = new SweepCounter();

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
          applicationName: system,
          entities: [...CONNECTIONS_ENTITIES],
          installExtensions: false,
          ...(system === 'sweeper' ? { logger: sweeps } : {}),
          // Kept while other systems are measured.
          extra: { max: poolSize, idleTimeoutMillis: 0 },
        }),
        ConnectionsModule.forRoot({
          powens: { ...client, apiUrl: `${sandboxUrl}/2.0`, webviewUrl: sandboxUrl, maxSockets: poolSize },
          publicUrl: `http://127.0.0.1:${port}`,
          instance: INSTANCE,
          keys: `k1:${key}`,
          owner: { resolveOwner: userOf, resolvePrincipal: userOf },
          insecureLoopback: true,
          ...duties(system, setup.webhookSecret),
        }),
      ],
      providers: [EventCounter],
    };
  }
}

/**
 * Who does what. Servers answer and relay what they wrote; webhooks are processed by the worker, and old rows removed by
 * the sweeper, so that each is measured for itself. Nobody compares with Powens: the sandbox forgets its users between
 * phases, which would make their owners' rows wrong.
 */
function duties(
  system: SystemName,
  secrets: string,
): Pick<ConnectionsModuleOptions, 'lifecycle' | 'outbox' | 'reconciliation' | 'webhooks'> {
  const pollIntervalMs = 200;
  return {
    reconciliation: { enabled: false },
    lifecycle: { sweeper: system === 'sweeper', sweepIntervalMs: 100 },
    outbox: { relay: system !== 'sweeper', pollIntervalMs },
    webhooks: { auth: { type: 'hmac', secrets }, processing: system === 'worker', pollIntervalMs },
  };
}

/** Stands in for the host's session. */
function userOf(request: ConnectionsRequest): string | null {
  const user = request.headers['x-user'];
  return typeof user === 'string' ? user : null;
}
