import 'reflect-metadata';
import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  CONNECTIONS_ENTITIES,
  ConnectionsModule,
  OnConnectionEvent,
  type ConnectionEvent,
  type ConnectionsRequest,
} from 'nestjs-powens-connections';
import pg from 'pg';
import type { ChildWish, DeathPoint } from './child-wish.js';

/** A host that dies at a chosen point. Started by `child-host.ts`, which reads what it prints. */
const wish = JSON.parse(process.env['CHILD_WISH'] ?? '') as ChildWish;

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment, in which nothing more may happen.
  for (;;);
}

const letGo = new Promise<void>((resolve) => {
  if (wish.dieAt === 'never') process.once('SIGUSR2', resolve);
});

@Injectable()
class Handlers {
  @OnConnectionEvent('*')
  async handle(event: ConnectionEvent): Promise<void> {
    process.stdout.write(`EVENT ${JSON.stringify(event)}\n`);
    if (wish.dieAt === 'handler') die();
    if (wish.dieAt === 'never') await letGo;
  }
}

@Module({})
class ChildModule {}

const userOf = ({ headers }: ConnectionsRequest): string | null => String(headers['x-user'] ?? '') || null;

function childModule(): DynamicModule {
  return {
    module: ChildModule,
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url: wish.databaseUrl,
        entities: [...CONNECTIONS_ENTITIES],
        installExtensions: false,
        extra: { max: wish.poolSize },
      }),
      ConnectionsModule.forRoot({
        powens: {
          ...{ ...wish.client, apiUrl: `${wish.sandboxUrl}/2.0`, webviewUrl: wish.sandboxUrl },
          // A slow machine must not come near them.
          ...{ totalTimeoutMs: 30_000, connectTimeoutMs: 30_000 },
        },
        database: { acquireTimeoutMs: 60_000 },
        publicUrl: wish.url,
        keys: wish.keys,
        owner: { resolveOwner: userOf, resolvePrincipal: userOf },
        insecureLoopback: true,
        reconciliation: { enabled: false },
        preparedStatements: wish.preparedStatements,
        outbox: { pollIntervalMs: 100, leaseSeconds: 1, handlerTimeoutMs: 900 },
        ...wish.options,
      }),
    ],
    providers: [Handlers],
  };
}

type Query = (this: unknown, ...parameters: unknown[]) => unknown;

/** The one statement that is the transaction: it commits by itself. */
const COMPLETION = 'WITH w0 AS';

/** A webhook's turn, and its end, which is one transaction with what it brings about. Other queues are claimed alike. */
const WEBHOOK_CLAIM = 'FOR UPDATE SKIP LOCKED';
const WEBHOOK_QUEUE = 'powens_inbox';
const WEBHOOK_END = 'completed_at = now(), lease_token = NULL, leased_until = NULL';

/** The statement it dies at, and whether the database still gets to run it. */
const DEATHS: Partial<Record<DeathPoint, { at: string; of?: string; ran: boolean }>> = {
  'after-claim': { at: `SET status = 'claimed'`, ran: true },
  'before-commit': { at: COMPLETION, ran: false },
  'after-commit': { at: COMPLETION, ran: true },
  'before-webhook-claim': { at: WEBHOOK_CLAIM, of: WEBHOOK_QUEUE, ran: false },
  'after-webhook-claim': { at: WEBHOOK_CLAIM, of: WEBHOOK_QUEUE, ran: true },
  'before-webhook-end': { at: WEBHOOK_END, ran: false },
  'after-webhook-end': { at: WEBHOOK_END, ran: true },
};

/** Dies around a statement of the callback. */
function plantDeath(dieAt: DeathPoint): void {
  const death = DEATHS[dieAt];
  const prototype = pg.Client.prototype as unknown as { query: Query };
  const { query } = prototype;
  prototype.query = function (...parameters: unknown[]): unknown {
    const text = JSON.stringify(parameters[0]);
    const isTheOne = death !== undefined && text.includes(death.at) && text.includes(death.of ?? death.at);
    if (isTheOne && !death.ran) {
      die();
    }
    const result = query.apply(this, parameters);
    return isTheOne ? (result as Promise<unknown>).then(die) : result;
  };
}

if (wish.dieAt !== null) {
  plantDeath(wish.dieAt);
}
const app = await NestFactory.create(childModule(), { logger: ['error', 'warn', 'log'] });
app.enableShutdownHooks();
await app.listen(Number(new URL(wish.url).port), 'localhost');
process.stdout.write('LISTENING\n');
