import { randomBytes } from 'node:crypto';
import {
  Injectable,
  Module,
  type CanActivate,
  type DynamicModule,
  type ExecutionContext,
  type INestApplication,
  type NestApplicationOptions,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  CONNECTIONS_ENTITIES,
  CONNECTIONS_MIGRATIONS,
  OnConnectionEvent,
  type ConnectionEvent,
  type ConnectionsModuleExtras,
  type ConnectionsModuleOptions,
  type ConnectionsRequest,
} from 'nestjs-powens-connections';
import { startPowensSandbox, type PowensSandbox } from 'powens-sandbox';
import { registerSecret } from '../canary/collector.js';
import { createTestDatabase, postgresCapabilities, type TestDatabase } from '../database.js';
import { freePort, listen } from '../free-port.js';
import { remembered, stopLeftRunning } from '../instances/left-running.js';
import {
  ADAPTERS,
  hasOwnRoutes,
  HOSTS,
  registrationFor,
  type AdapterName,
  type HostName,
  type Register,
} from '../host-routes/hosts.js';
import { Browser } from './browser.js';
import { CapturingLogger } from '../canary/capturing-logger.js';

export { ADAPTERS, HOSTS, type AdapterName };

/** How a test wants its application. */
export interface FlowAppOptions {
  readonly adapter?: HostName;
  readonly options?: Partial<ConnectionsModuleOptions>;
  readonly extras?: ConnectionsModuleExtras;
  /** Uses what another application left: its database and sandbox, as a restart or a second replica would. */
  readonly like?: FlowApp;
  /** Called for every event, before it is recorded; may throw. */
  readonly onEvent?: (event: ConnectionEvent) => void | Promise<void>;
  /** Creates the application, in place of `NestFactory.create` with its defaults. */
  readonly create?: (module: DynamicModule, nest: NestApplicationOptions) => Promise<INestApplication>;
  /** Runs on the application before it listens. */
  readonly prepare?: (app: INestApplication) => void;
  /** More for the host's DataSource: logging, a prefix, a schema. */
  readonly typeorm?: Record<string, unknown>;
  /** How long Powens may take. @default longer than a slow machine needs */
  readonly powensTimeoutMs?: number;
  /** Off unless a test is about it: whether it opens depends on how fast the calls of other tests fail. @default false */
  readonly circuitBreaker?: ConnectionsModuleOptions['powens']['circuitBreaker'];
  /** How the host imports the library; `forRoot` with everything when absent. */
  readonly register?: Register;
  /** `false`: the host handles no event at all. */
  readonly handlers?: false;
}

/** An application with the library, a sandbox and a database of its own. */
export interface FlowApp {
  readonly url: string;
  readonly app: INestApplication;
  readonly sandbox: PowensSandbox;
  readonly database: TestDatabase;
  readonly keys: string;
  readonly events: ConnectionEvent[];
  readonly logger: CapturingLogger;
  /** A browser of its own, signed in as `user`, or as nobody. */
  browser(user: string | null): Browser;
  /** Stops the application only. */
  stop(): Promise<void>;
  /** Stops everything that this one started. */
  close(): Promise<void>;
}

/**
 * Starts a replica that does not wait long for a Powens that keeps silent; otherwise it leaves the work to `app`. On a slow
 * machine, others must have the time that an answer takes.
 */
export async function startImpatient(app: FlowApp): Promise<FlowApp> {
  return startFlowApp({
    like: app,
    powensTimeoutMs: 3000,
    options: { outbox: { relay: false }, lifecycle: { sweeper: false } },
  });
}

/** What runs by itself. The comparison writes into rows that tests compare, so it runs where it is the matter. */
const BACKGROUND = { outbox: { pollIntervalMs: 100 }, reconciliation: { enabled: false } };

/** The longest that the library allows: where a machine is slow, what waits for a session waits long. */
const PATIENT = { database: { acquireTimeoutMs: 60_000 } };

const userOf = (request: ConnectionsRequest): string | null => {
  const user = request.headers['x-user'];
  return typeof user === 'string' ? user : null;
};

@Injectable()
class TestUserGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest<ConnectionsRequest>().headers['x-blocked'] === undefined;
  }
}

/** Starts an application for a test. */
export async function startFlowApp(wish: FlowAppOptions = {}): Promise<FlowApp> {
  const { sandbox, database, keys, logger } = wish.like ?? (await surroundings());
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const events: ConnectionEvent[] = [];
  const app = await createApp(wish, appModule({ wish, sandbox, database, keys, url, events }), logger);
  wish.prepare?.(app);
  await listen(app, port);
  registerSecret('key', keys.slice(3));
  registerSecret('client secret', sandbox.client.clientSecret);
  const stop = remembered(database, async () => {
    registerLedger(sandbox);
    await app.close();
  });
  return {
    url,
    app,
    sandbox,
    database,
    keys,
    events,
    logger,
    browser: (user) => new Browser(url, user),
    stop,
    close: async () => {
      await stop();
      if (wish.like === undefined) {
        await stopLeftRunning(database);
        await sandbox.close();
        await database.drop();
      }
    },
  };
}

/**
 * What an application of its own stands on. The logger belongs to it: Nest has one for the whole process, and a second
 * application would take the lines away from the first one's.
 */
async function surroundings(): Promise<Pick<FlowApp, 'sandbox' | 'database' | 'keys' | 'logger'>> {
  return {
    sandbox: await startPowensSandbox(),
    database: await createTestDatabase(),
    keys: `k1:${randomBytes(32).toString('base64')}`,
    logger: new CapturingLogger(),
  };
}

async function createApp(
  { adapter, create }: FlowAppOptions,
  module: DynamicModule,
  logger: CapturingLogger,
): Promise<INestApplication> {
  const nest = { logger, abortOnError: false, rawBody: hasOwnRoutes(adapter) };
  if (create !== undefined) {
    return create(module, nest);
  }
  return adapter?.startsWith('fastify') === true
    ? NestFactory.create(module, new FastifyAdapter(), nest)
    : NestFactory.create(module, nest);
}

/** Everything that the sandbox ever gave out must not be found anywhere (G09). */
function registerLedger(sandbox: PowensSandbox): void {
  const ledger = sandbox.ledger();
  for (const { code } of ledger.codes) registerSecret('code', code);
  for (const { token } of ledger.tokens) registerSecret('access token', token);
}

interface Parts {
  readonly wish: FlowAppOptions;
  readonly sandbox: PowensSandbox;
  readonly database: TestDatabase;
  readonly keys: string;
  readonly url: string;
  readonly events: ConnectionEvent[];
}

/** A slow machine must not come near it, and a lease must not be shorter. */
function limitsOf({ powensTimeoutMs, options, circuitBreaker = false }: FlowAppOptions): object {
  const ms = powensTimeoutMs ?? Math.min(30_000, 1000 * (options?.lifecycle?.leaseSeconds ?? 60));
  return { totalTimeoutMs: ms, connectTimeoutMs: ms, circuitBreaker };
}

function appModule({ wish, sandbox, database, keys, url, events }: Parts): DynamicModule {
  @Injectable()
  class Handlers {
    @OnConnectionEvent('*')
    async record(event: ConnectionEvent): Promise<void> {
      await wish.onEvent?.(event);
      events.push(event);
    }
  }

  @Module({})
  class AppModule {}

  const options: ConnectionsModuleOptions = {
    powens: {
      ...sandbox.client,
      apiUrl: `${sandbox.url}/2.0`,
      webviewUrl: sandbox.url,
      ...limitsOf(wish),
    },
    publicUrl: url,
    keys,
    owner: { resolveOwner: userOf, resolvePrincipal: userOf },
    insecureLoopback: true,
    ...BACKGROUND,
    ...PATIENT,
    // PGlite has one session for all clients: a name of one would be taken for another's.
    preparedStatements: postgresCapabilities().concurrent,
    ...wish.options,
  };
  const register = wish.register ?? registrationFor(wish.adapter);
  return {
    module: AppModule,
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url: database.url,
        entities: [...CONNECTIONS_ENTITIES],
        migrations: [...CONNECTIONS_MIGRATIONS],
        migrationsRun: true,
        installExtensions: false,
        extra: { max: database.poolSize },
        ...wish.typeorm,
      }),
      ...register(options, { routes: { guards: [TestUserGuard] }, ...wish.extras }),
    ],
    providers: wish.handlers === false ? [] : [Handlers],
  };
}
