import { Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { ConnectionsModule } from '../../connections.module.js';
import { getConnectionsToken } from '../../connections.tokens.js';
import type { ConnectionsModuleOptions } from '../../options/connections-module-options.interface.js';
import { optionsFromEnvironment } from '../../options/environment/read-environment.js';
import { keyProviderOf } from '../shared/key-source.js';
import { databaseUrl, openDatabase } from '../shared/open-database.js';
import type { Environment } from '../shared/output.js';
import { textOf, type Given, type Invocation } from './command.js';

const DATA_SOURCE = 'operator';

/** The DataSource of the command, as the application's `TypeOrmModule` would give it. */
@Module({})
class OperatorDatabaseModule {
  static of(dataSource: DataSource): DynamicModule {
    const provide = getDataSourceToken(DATA_SOURCE);
    return {
      module: OperatorDatabaseModule,
      global: true,
      providers: [{ provide, useValue: dataSource }],
      exports: [provide],
    };
  }
}

@Module({})
class OperatorModule {}

/**
 * Runs a function with the services of the module, as an application with this environment has them. Nothing runs in the
 * background meanwhile: the application's own processes deliver events, process webhooks and sweep.
 *
 * @throws UsageError, ConfigurationError, ConnectionsError; StorageError without the URL, which holds a password
 */
export async function withApplication(
  given: Given,
  env: Environment,
  use: (service: Invocation['service']) => Promise<number>,
): Promise<number> {
  const instance = textOf(given, 'instance') ?? 'default';
  let app: Promise<INestApplicationContext> | null = null;
  try {
    return await use(async (service) => {
      app ??= start(given, env, instance);
      return (await app).get(getConnectionsToken(service, instance), { strict: false });
    });
  } finally {
    await closeQuietly(app);
  }
}

async function start(given: Given, env: Environment, instance: string): Promise<INestApplicationContext> {
  const url = databaseUrl(env['DATABASE_URL']);
  const options = await optionsOf(given, env);
  const place = { schema: textOf(given, 'schema'), prefix: textOf(given, 'prefix') };
  const dataSource = await openDatabase(url, place, 'connections');
  try {
    return await boot(dataSource, options, instance);
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

/** Its services wait for what they have under way; then the sessions are closed. A failed start was reported already. */
async function closeQuietly(app: Promise<INestApplicationContext> | null): Promise<void> {
  const started = (await app?.catch(() => null)) ?? null;
  if (started === null) {
    return;
  }
  const dataSource = started.get<DataSource>(getDataSourceToken(DATA_SOURCE), { strict: false });
  await started.close();
  await dataSource.destroy();
}

async function boot(
  dataSource: DataSource,
  options: ConnectionsModuleOptions,
  instance: string,
): Promise<INestApplicationContext> {
  const module: DynamicModule = {
    module: OperatorModule,
    imports: [
      OperatorDatabaseModule.of(dataSource),
      ConnectionsModule.forRoot({ ...options, instance, dataSource: DATA_SOURCE, routes: false }),
    ],
  };
  return NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
}

async function optionsOf(given: Given, env: Environment): Promise<ConnectionsModuleOptions> {
  const options = optionsFromEnvironment(env);
  const keyProvider = await keyProviderOf(textOf(given, 'key-provider'));
  return {
    ...options,
    ...(keyProvider === undefined ? {} : { keyProvider, keys: undefined }),
    insecureLoopback: env['NODE_ENV'] !== 'production',
    // Without named statements, so that it also runs through a pooler that does not keep them.
    preparedStatements: false,
    outbox: { ...options.outbox, relay: false },
    lifecycle: { ...options.lifecycle, sweeper: false },
    reconciliation: { ...options.reconciliation, enabled: false },
    ...(options.webhooks === undefined ? {} : { webhooks: { ...options.webhooks, processing: false } }),
  } as ConnectionsModuleOptions;
}
