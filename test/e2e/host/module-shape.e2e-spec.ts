import {
  Injectable,
  Module,
  SetMetadata,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
} from '@nestjs/common';
import { VersioningType } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import {
  CONNECTIONS_ENTITIES,
  CONNECTIONS_MIGRATIONS,
  ConnectionsModule,
  type ConnectionsModuleOptions,
  type ConnectionsOptionsFactory,
  type ConnectionsRequest,
} from 'nestjs-powens-connections';
import { TypeOrmModule } from '@nestjs/typeorm';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startFlowApp, type FlowApp, type FlowAppOptions } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { attemptOf, madeUpState } from '../../helpers/flow/observe.js';
import { connect, start, visitWebview } from '../../helpers/flow/person.js';

/** Stands for the host's configuration: what a factory is given to make the options from. */
const SOURCE = Symbol('SOURCE');
const PUBLIC = 'public';

@Injectable()
class GlobalGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const isPublic = this.reflector.getAllAndOverride<boolean>(PUBLIC, [
      context.getHandler(),
      context.getClass(),
    ]);
    const { headers } = context.switchToHttp().getRequest<ConnectionsRequest>();
    return isPublic || headers['x-session'] === 'yes';
  }
}

type Register = NonNullable<FlowAppOptions['register']>;

function sourceModule(options: ConnectionsModuleOptions): new () => object {
  @Module({ providers: [{ provide: SOURCE, useValue: options }], exports: [SOURCE] })
  class SourceModule {}
  return SourceModule;
}

const ASYNC: Record<string, Register> = {
  'useFactory with imports and inject': (options, extras) => [
    ConnectionsModule.forRootAsync({
      imports: [sourceModule(options)],
      inject: [SOURCE],
      useFactory: async (given: ConnectionsModuleOptions) => Promise.resolve(given),
      ...extras,
    }),
  ],
  useClass: (options, extras) => {
    @Injectable()
    class Factory implements ConnectionsOptionsFactory {
      create(): ConnectionsModuleOptions {
        return options;
      }
    }
    return [ConnectionsModule.forRootAsync({ useClass: Factory, ...extras })];
  },
  useExisting: (options, extras) => {
    @Injectable()
    class Factory implements ConnectionsOptionsFactory {
      async create(): Promise<ConnectionsModuleOptions> {
        return Promise.resolve(options);
      }
    }
    @Module({ providers: [Factory], exports: [Factory] })
    class FactoryModule {}
    return [ConnectionsModule.forRootAsync({ imports: [FactoryModule], useExisting: Factory, ...extras })];
  },
};

describe.each(ADAPTERS)('how the host imports the library, on %s', (adapter) => {
  let base: FlowApp;

  useFlowApp({ adapter }, (opened) => {
    base = opened;
  });

  it.each(Object.keys(ASYNC))('should serve the flow with forRootAsync and %s [A2]', async (how) => {
    const app = await startFlowApp({ adapter, like: base, register: ASYNC[how] as Register });
    const browser = app.browser(how.replaceAll(' ', '-'));
    const { landed, started } = await connect(app, browser);
    expect(landed.location).toBe(`/connections/attempts/${started.attemptId}`);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
    expect((await browser.get('/connections', { 'x-blocked': '1' })).status).toBe(403);
    await app.stop();
  });

  const PATHS: readonly (readonly [what: string, wish: FlowAppOptions, root: string])[] = [
    [
      'a global prefix',
      { prepare: (app: INestApplication) => app.setGlobalPrefix('api') },
      '/api/connections',
    ],
    ['a path of its own', { extras: { routes: { path: 'banks/links' } } }, '/banks/links'],
    [
      'a version in the URI',
      {
        prepare: (app: INestApplication) => app.enableVersioning({ type: VersioningType.URI }),
        extras: { routes: { version: '2' } },
      },
      '/v2/connections',
    ],
    [
      'the default version, a prefix and a path',
      {
        prepare: (app: INestApplication) =>
          app
            .setGlobalPrefix('api')
            .enableVersioning({ type: VersioningType.URI, defaultVersion: '1', prefix: 'r' }),
        extras: { routes: { path: '/banks/' } },
      },
      '/api/r1/banks',
    ],
  ];

  it.each(PATHS)('should respect %s in every URL it makes [A8]', async (what, wish, root) => {
    const app = await startFlowApp({ adapter, like: base, ...wish });
    const browser = app.browser(what.replaceAll(' ', '-'));
    const begun = await browser.post(`${root}/connect`);
    expect(begun.status).toBe(201);
    const { url, attemptId } = begun.json<{ url: string; attemptId: string }>();
    expect(new URL(url).searchParams.get('redirect_uri')).toBe(`${app.url}${root}/callback`);
    const landed = await browser.get(await visitWebview(app, url));
    expect(landed.location).toBe(`${root}/attempts/${attemptId}`);
    expect((await browser.get(landed.location)).json()).toMatchObject({ status: 'connected' });
    expect((await browser.get('/connections/callback')).status).toBe(root === '/connections' ? 400 : 404);
    await app.stop();
  });

  it('should put a base path and a redirect URI of the host in front of everything [OA-18]', async () => {
    const redirectUri = `${base.url}/proxied/callback`;
    const app = await startFlowApp({
      adapter,
      like: base,
      options: { publicUrl: 'https://app.example.test/base', redirectUri },
    });
    const { url, attemptId } = await start(app.browser('based'));
    expect(new URL(url).searchParams.get('redirect_uri')).toBe(redirectUri);
    const state = new URL(url).searchParams.get('state') ?? '';
    const browser = app.browser('based');
    expect((await browser.get(`/connections/callback?state=${state}&error=x`)).status).toBe(400);
    expect(attemptId).toBeTruthy();
    await app.stop();
  });

  it('should let a global guard stand before all routes but the callback [A10]', async () => {
    const register: Register = (options, extras) => [
      ConnectionsModule.forRoot({
        ...options,
        ...extras,
        routes: { publicDecorators: [SetMetadata(PUBLIC, true)] },
      }),
      {
        module: sourceModule(options),
        global: true,
        providers: [{ provide: APP_GUARD, useClass: GlobalGuard }],
      },
    ];
    const app = await startFlowApp({ adapter, like: base, register });
    const browser = app.browser('guarded');
    expect((await browser.post('/connections/connect')).status).toBe(403);
    expect((await browser.get('/connections')).status).toBe(403);
    const begun = await browser.post('/connections/connect', {}, { 'x-session': 'yes' });
    const { url } = begun.json<{ url: string }>();
    expect((await browser.get(await visitWebview(app, url))).status).toBe(303);
    await app.stop();
  });

  it('should keep two registrations of one application apart [A8, A10, OA-16]', async () => {
    const register: Register = (options, extras) => [
      ConnectionsModule.forRoot({ ...options, ...extras, instance: 'one', routes: { path: 'one' } }),
      ConnectionsModule.forRoot({
        ...options,
        instance: 'two',
        routes: { path: 'two', guards: [{ canActivate: () => false }] },
      }),
    ];
    const app = await startFlowApp({ adapter, like: base, register });
    const browser = app.browser('twice');
    const { url, attemptId } = (await browser.post('/one/connect')).json<{
      url: string;
      attemptId: string;
    }>();
    expect(new URL(url).searchParams.get('redirect_uri')).toBe(`${app.url}/one/callback`);
    expect((await browser.post('/two/connect')).status).toBe(403);
    expect((await browser.get('/connections')).status).toBe(404);
    const callback = await visitWebview(app, url);
    expect((await browser.get(callback.replace('/one/', '/two/'))).status).toBe(400);
    expect((await browser.get(callback)).location).toBe(`/one/attempts/${attemptId}`);
    // On the same sessions of the same pool, with statements prepared by name.
    const paths = Array.from(
      { length: 40 },
      (_, index) => `/${index % 2 === 0 ? 'one' : 'two'}/callback?state=${madeUpState()}`,
    );
    const refused = await Promise.all(paths.map(async (path) => browser.get(path)));
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([400]));
    await app.stop();
    expect((await base.browser('twice').post('/connections/connect')).status).toBe(201);
  });

  it('should use the DataSource that it is told to by name [A3]', async () => {
    const named = TypeOrmModule.forRoot({
      name: 'banks',
      type: 'postgres',
      url: base.database.url,
      entityPrefix: `named_${adapter}_`,
      entities: [...CONNECTIONS_ENTITIES],
      migrations: [...CONNECTIONS_MIGRATIONS],
      migrationsTableName: `named_${adapter}_migrations`,
      migrationsRun: true,
      installExtensions: false,
      extra: { max: base.database.poolSize },
    });
    const register: Register = (options, extras) => [
      named,
      ConnectionsModule.forRoot({ ...options, ...extras, dataSource: 'banks' }),
    ];
    const app = await startFlowApp({ adapter, like: base, register });
    const browser = app.browser('named');
    expect((await connect(app, browser)).landed.status).toBe(303);
    expect((await browser.get('/connections')).json<{ items: unknown[] }>().items).toHaveLength(1);
    expect((await base.browser('named').get('/connections')).json<{ items: unknown[] }>().items).toHaveLength(
      0,
    );
    await app.stop();
  });
});
