import { randomBytes } from 'node:crypto';
import type { CanActivate, DynamicModule, ExecutionContext, Type } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import {
  CONNECTIONS_ENTITIES,
  CONNECTIONS_MIGRATIONS,
  ConnectionsModule,
  type ConnectionsRequest,
} from 'nestjs-powens-connections';
import { startPowensSandbox, type PowensSandbox } from 'powens-sandbox';
import type { DataSource } from 'typeorm';
import { registerSecret } from '../canary/collector.js';
import { startFlowApp, type AdapterName, type FlowApp } from '../flow/flow-app.js';
import { until } from '../until.js';
import { hmacWebhooks } from '../webhooks/pushed.js';

/** Name of an instance, and of its path. */
export type InstanceName = 'north' | 'south';

const TABLES = ['attempt', 'user', 'connection', 'outbox', 'inbox', 'loss'];

/** One application with two instances, and what each of them has of its own. */
export interface TwoInstances {
  readonly app: FlowApp;
  readonly sandboxes: Readonly<Record<InstanceName, PowensSandbox>>;
  /** Of the webhooks. */
  readonly secrets: Readonly<Record<InstanceName, string>>;
  /** Every row of an instance as JSON, by table, bytes included; once all that was due is done. */
  rows(of: InstanceName): Promise<Record<string, Record<string, unknown>[]>>;
  /** Runs SQL where the rows of an instance are; `{user}` is its table of that name. */
  sql(of: InstanceName, text: string, parameters?: unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/**
 * Starts an application whose instances have a Powens, a path, a guard, keys and webhook secrets of their own.
 *
 * @param ownTables - whether the second one has a DataSource with other tables, too
 */
export async function startTwoInstances(adapter: AdapterName, ownTables: boolean): Promise<TwoInstances> {
  const base = await startFlowApp({ adapter, options: { outbox: { relay: false } } });
  const other = await startPowensSandbox();
  const webhooks = { north: hmacWebhooks(), south: hmacWebhooks() };
  const prefix = ownTables ? 'south_' : '';
  const app = await startFlowApp({
    adapter,
    like: base,
    register: (options, extras) => [
      ...(ownTables ? [tablesOf(base, prefix)] : []),
      ConnectionsModule.forRoot({
        ...options,
        ...webhooks.north.options,
        ...extras,
        instance: 'north',
        routes: { path: 'north', guards: [guardOf('north')] },
      }),
      ConnectionsModule.forRootAsync({
        useFactory: () => ({
          ...options,
          ...webhooks.south.options,
          powens: { ...options.powens, ...other.client, apiUrl: `${other.url}/2.0`, webviewUrl: other.url },
          keys: madeUpKey('k-south'),
          attemptLifetimeMinutes: 5,
        }),
        instance: 'south',
        ...(ownTables ? { dataSource: 'south' } : {}),
        routes: { path: 'south', guards: [guardOf('south')] },
      }),
    ],
  });
  const sql: TwoInstances['sql'] = async (of, text, parameters = []) => {
    const own = of === 'south' && ownTables;
    const source = app.app.get<DataSource>(getDataSourceToken(own ? 'south' : 'default'));
    const named = text.replace(/\{(\w+)\}/g, `${own ? prefix : ''}powens_$1`);
    return source.query<Record<string, unknown>[]>(named, parameters);
  };
  return {
    app,
    sandboxes: { north: app.sandbox, south: other },
    secrets: { north: webhooks.north.secret, south: webhooks.south.secret },
    sql,
    rows: async (of) => rowsOf(of, sql),
    close: async () => {
      await app.stop();
      await other.close();
      await base.close();
    },
  };
}

async function rowsOf(
  of: InstanceName,
  sql: TwoInstances['sql'],
): Promise<Record<string, Record<string, unknown>[]>> {
  await until(async () => {
    const due = await sql(
      of,
      `SELECT 1 FROM {outbox} WHERE instance = $1 AND status = 'pending'
        UNION ALL SELECT 1 FROM {inbox} WHERE instance = $1 AND status = 'pending'`,
      [of],
    );
    return due.length === 0;
  });
  const tables = TABLES.map(async (name) => {
    const rows = await sql(of, `SELECT to_jsonb(t) AS row FROM {${name}} t WHERE instance = $1 ORDER BY 1`, [
      of,
    ]);
    return [name, rows.map(({ row }) => row)];
  });
  return Object.fromEntries(await Promise.all(tables)) as Record<string, Record<string, unknown>[]>;
}

function tablesOf({ database }: FlowApp, entityPrefix: string): DynamicModule {
  return TypeOrmModule.forRoot({
    name: 'south',
    type: 'postgres',
    url: database.url,
    entityPrefix,
    entities: [...CONNECTIONS_ENTITIES],
    migrations: [...CONNECTIONS_MIGRATIONS],
    migrationsTableName: 'south_migrations',
    migrationsRun: true,
    installExtensions: false,
    extra: { max: database.poolSize },
  });
}

/** Refuses who says to be kept out of it. */
function guardOf(name: InstanceName): Type<CanActivate> {
  return class implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      return context.switchToHttp().getRequest<ConnectionsRequest>().headers['x-not-for'] !== name;
    }
  };
}

function madeUpKey(id: string): string {
  const key = randomBytes(32).toString('base64');
  registerSecret('key', key);
  return `${id}:${key}`;
}
