import { Injectable, Module, Scope } from '@nestjs/common';
import { LazyModuleLoader, NestFactory } from '@nestjs/core';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import {
  ConfigurationError,
  CONNECTIONS_ENTITIES,
  CONNECTIONS_MIGRATIONS,
  ConnectionsModule,
  ConnectionsService,
  getConnectionsToken,
  type ConnectionsModuleOptions,
} from 'nestjs-powens-connections';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp, type FlowAppOptions } from '../../helpers/flow/flow-app.js';

@Injectable({ scope: Scope.REQUEST })
class PerRequest {}

@Injectable()
class Users {
  constructor(readonly current: PerRequest) {}
}

@Module({ providers: [PerRequest, Users], exports: [PerRequest, Users] })
class UsersModule {}

/** What an application without the library's knowledge gets wrong beside the options. */
describe('an application that lacks something', () => {
  let app: FlowApp;
  let given: ConnectionsModuleOptions;

  beforeAll(async () => {
    app = await startFlowApp({
      register: (options, extras) => {
        given = options;
        return [ConnectionsModule.forRoot({ ...options, ...extras })];
      },
    });
  });

  afterAll(async () => {
    await app.close();
  });

  async function refusal(wish: FlowAppOptions): Promise<Error> {
    const error: unknown = await startFlowApp({ ...wish, like: app }).then(
      async (started) => started.stop(),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    return error as Error;
  }

  const withDataSource = (change: object): Promise<Error> =>
    refusal({
      typeorm: { retryAttempts: 0, ...change },
      register: (options, extras) => [ConnectionsModule.forRoot({ ...options, ...extras })],
    });

  it('should be refused without TypeOrmModule, with what to import [H27]', async () => {
    const error = await refusal({
      create: async (_, nest) => NestFactory.create(ConnectionsModule.forRoot(given), nest),
    });
    expect(error).toMatchObject({ option: 'dataSource', code: 'configuration_invalid' });
    expect(error.message).toContain('Import TypeOrmModule.forRoot()');
  });

  it('should be refused when the DataSource of the option does not exist [H27]', async () => {
    const error = await refusal({ extras: { dataSource: 'banks' } });
    expect(error).toMatchObject({ option: 'dataSource' });
    expect(error.message).toContain(`"banks", which the application does not have`);
    expect(error.message).toContain(`name: 'banks'`);
  });

  it('should be refused with the error of a DataSource that cannot connect, not with one of ours [H27]', async () => {
    const error = await withDataSource({ url: 'postgres://ann@127.0.0.1:1/none' });
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(error).not.toBeInstanceOf(ConfigurationError);
  });

  it.each([
    ['its entities', { entities: [] }, 'dataSource', 'CONNECTIONS_ENTITIES'],
    ['one of its entities', { entities: CONNECTIONS_ENTITIES.slice(1) }, 'dataSource', 'AttemptEntity'],
    ['a connection', { manualInitialization: true }, 'dataSource', 'is not initialised'],
  ])('should be refused when the DataSource lacks %s [H27]', async (_, change, option, mend) => {
    const error = await withDataSource({ migrationsRun: false, ...change });
    expect(error).toMatchObject({ option, code: 'configuration_invalid' });
    expect(error.message).toContain(mend);
  });

  it.each([
    ['by its scope', PerRequest],
    ['by what it injects', Users],
  ])(
    'should be refused when its options depend on a provider that is made per request: %s',
    async (_, token) => {
      const error = await refusal({
        register: (options, extras) => [
          ConnectionsModule.forRootAsync({
            ...extras,
            imports: [UsersModule],
            inject: [token],
            useFactory: () => options,
          }),
        ],
      });
      expect(error).toMatchObject({ code: 'configuration_invalid', option: 'inject' });
      expect(error.message).toContain(`${token.name}, which Nest makes for each request`);
    },
  );

  it('should be refused with a DataSource that is made per request', async () => {
    const provide = getDataSourceToken('tenant') as string;
    const error = await refusal({
      register: (options, extras) => [
        {
          ...{ module: UsersModule, global: true, exports: [provide] },
          providers: [{ provide, inject: [Users], useFactory: (): DataSource => app.app.get(DataSource) }],
        },
        ConnectionsModule.forRoot({ ...options, ...extras, dataSource: 'tenant' }),
      ],
    });
    expect(error).toMatchObject({ option: 'dataSource' });
    expect(error.message).toContain(`${provide}, which Nest makes for each request`);
  });

  it('should be refused on another database than PostgreSQL [H27]', async () => {
    const mysql = async (options?: DataSourceOptions): Promise<DataSource> => {
      const dataSource = await new DataSource(options as DataSourceOptions).initialize();
      return Object.assign(dataSource, { options: { ...dataSource.options, type: 'mysql' } });
    };
    const error = await refusal({
      register: (options, extras) => [
        TypeOrmModule.forRootAsync({
          name: 'shop',
          useFactory: () => ({ type: 'postgres', url: app.database.url, name: 'shop' }),
          dataSourceFactory: mysql,
        }),
        ConnectionsModule.forRoot({ ...options, ...extras, dataSource: 'shop' }),
      ],
    });
    expect(error).toMatchObject({ option: 'dataSource' });
    expect(error.message).toContain('is of type "mysql"; only "postgres" is supported');
  });

  it.each([
    ['are not in the DataSource', [], 'Add ...CONNECTIONS_MIGRATIONS'],
    ['have not run', [...CONNECTIONS_MIGRATIONS], 'Run the migrations'],
  ])('should be refused when the migrations %s [H27]', async (_, migrations, mend) => {
    const error = await withDataSource({ migrations, migrationsRun: false, entityPrefix: 'absent_' });
    expect(error).toMatchObject({ code: 'schema_missing' });
    expect(error.message).toContain(mend);
  });

  it.each<[string, object, boolean]>([
    ['with the migrations of a DataSource that has other tables', { migrationsRun: true }, true],
    [
      'and its migrations in a table of their own',
      { migrationsTableName: 'absent', migrationsRun: false },
      false,
    ],
  ])('should be told why migrations leave its tables out, %s [H27]', async (_, change, isRecorded) => {
    const { message } = await withDataSource({ entityPrefix: 'absent_', ...change });
    expect(message).toContain('"absent_powens_attempt"');
    expect(message.includes('set migrationsTableName')).toBe(isRecorded);
  });

  it('should serve entities that are loaded automatically [H27]', async () => {
    const started = await startFlowApp({ like: app, typeorm: { entities: [], autoLoadEntities: true } });
    expect((await started.browser('auto').get('/connections')).status).toBe(200);
    await started.stop();
  });

  it('should say at the first use that a module was loaded lazily, once [H27]', async () => {
    const loader = app.app.get(LazyModuleLoader);
    const module = await loader.load(() =>
      ConnectionsModule.forRoot({ ...given, instance: 'lazy', routes: false }),
    );
    const connections = module.get<ConnectionsService>(getConnectionsToken(ConnectionsService, 'lazy'));
    const lines = (): string[] => app.logger.lines.filter((line) => line.includes('has not run its hooks'));
    expect(lines()).toEqual([]);
    await connections.list('ann');
    await connections.list('ann');
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).toContain('Import it in a module of the application');
  });

  it.each([42, { id: 42 }, { id: 'a', actor: 7 }])(
    'should say in the log that the owner %j is not named by a text [H27]',
    async (owner) => {
      const started = await startFlowApp({ like: app, options: { owner: () => owner as never } });
      const before = app.logger.lines.length;
      const answer = await started.browser('ann').get('/connections');
      expect(answer.status).toBe(401);
      expect(app.logger.lines.slice(before).join()).toMatch(
        /whose (id|actor) is a number\. Give a text, as String\(user\.id\)/,
      );
      await expect(started.app.get(ConnectionsService).list(owner as never)).rejects.toThrow(/is a number/);
      await started.stop();
    },
  );
});
