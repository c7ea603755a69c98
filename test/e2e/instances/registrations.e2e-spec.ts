import { Injectable, Module, type DynamicModule, type INestApplication } from '@nestjs/common';
import {
  ConnectionsModule,
  ConnectionsReadiness,
  ConnectionsService,
  DeadLettersService,
  getConnectionsToken,
  InjectConnections,
  KeyRotationService,
  PowensService,
  ReconciliationService,
  TokenImportService,
  WebhookPayloads,
  WebhookRegistrationService,
  type ConnectionsModuleExtras,
  type ConnectionsModuleOptions,
  type ConnectionsServiceClass,
} from 'nestjs-powens-connections';
import { CustomConnectionsService } from 'nestjs-powens-connections/custom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADAPTERS, startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connect } from '../../helpers/flow/person.js';
import { failureOf } from '../../helpers/upstream/upstream.js';

type Given = ConnectionsModuleOptions;
type Make = (options: Given, extras: ConnectionsModuleExtras) => DynamicModule;

const sync: Make = (options, extras) => ConnectionsModule.forRoot({ ...options, ...extras });
const async: Make = (options, extras) =>
  ConnectionsModule.forRootAsync({ useFactory: async () => Promise.resolve(options), ...extras });

const SERVICES: readonly ConnectionsServiceClass[] = [
  ConnectionsReadiness,
  ConnectionsService,
  CustomConnectionsService,
  DeadLettersService,
  KeyRotationService,
  PowensService,
  ReconciliationService,
  TokenImportService,
  WebhookPayloads,
  WebhookRegistrationService,
];

@Module({})
class Empty {}

@Injectable()
class Consumer {
  @InjectConnections(PowensService, 'north') readonly powens!: PowensService;

  constructor(
    readonly connections: ConnectionsService,
    @InjectConnections('north') readonly northern: ConnectionsService,
    @InjectConnections(DeadLettersService, 'north') readonly letters: DeadLettersService,
    @InjectConnections() readonly byName: ConnectionsService,
  ) {}
}

const idsOf = async (service: ConnectionsService, owner: string): Promise<number> =>
  (await service.list(owner)).items.length;

describe.each(ADAPTERS)('registrations of one application, on %s', (adapter) => {
  let base: FlowApp;

  beforeAll(async () => {
    base = await startFlowApp({ adapter });
  });

  afterAll(async () => {
    await base.close();
  });

  const bootOf = async (...modules: ((options: Given) => DynamicModule)[]): Promise<unknown> =>
    failureOf(
      startFlowApp({ adapter, like: base, register: (options) => modules.map((make) => make(options)) }),
    );
  const paths = (...names: readonly string[]): ConnectionsModuleExtras[] =>
    names.map((path) => ({ routes: { path } }));

  const SAME: Record<string, readonly [Make, Make, ConnectionsModuleExtras]> = {
    'no name, by forRoot': [sync, sync, {}],
    'no name, by forRootAsync': [async, async, {}],
    'no name, by either': [sync, async, {}],
    'one name, by forRoot': [sync, sync, { instance: 'north' }],
    'one name, by forRootAsync': [async, async, { instance: 'north' }],
  };

  it.each(Object.keys(SAME))('should refuse two of %s [H24]', async (what) => {
    const [first, second, extras] = SAME[what] as (typeof SAME)[string];
    const [one, two] = paths('one', 'two');
    const error = await bootOf(
      (options) => first(options, { ...extras, ...one }),
      (options) => second(options, { ...extras, ...two }),
    );
    expect(error).toMatchObject({ code: 'configuration_invalid', option: 'instance' });
    expect(String(error)).toContain(`"${extras.instance ?? 'default'}" for two registrations`);
  });

  it('should refuse the second of one name without routes, and the name "default" beside no name [H24]', async () => {
    const error = await bootOf(
      (options) => sync(options, {}),
      (options) => async(options, { instance: 'default', routes: false }),
    );
    expect(error).toMatchObject({ option: 'instance' });
  });

  it.each(['links', '/Links/'])(
    'should refuse two names with routes at links and at %s [H24]',
    async (path) => {
      const error = await bootOf(
        (options) => sync(options, { instance: 'north', routes: { path: 'links' } }),
        (options) => async(options, { instance: 'south', routes: { path } }),
      );
      expect(error).toMatchObject({ code: 'configuration_invalid', option: 'routes.path' });
      expect(String(error)).toMatch(/"north" and "south"/);
    },
  );

  it('should take one registration that two modules import for one [H24]', async () => {
    const app = await startFlowApp({
      adapter,
      like: base,
      register: (options, extras) => {
        const shared = sync(options, extras);

        @Module({ imports: [shared] })
        class Feature {}

        return [shared, { module: Feature }];
      },
    });
    expect(await idsOf(app.app.get(ConnectionsService), 'nobody')).toBe(0);
    await app.stop();
  });

  it('should refuse a name that a factory gives, and say where it belongs [H24]', async () => {
    const error = await bootOf((options) => async({ ...options, ...{ instance: 'north' } }, {}));
    expect(error).toMatchObject({ code: 'configuration_invalid', option: 'instance' });
    expect(String(error)).toContain('beside useFactory');
  });

  it.each([
    ['before', ['north', undefined]],
    ['after', [undefined, 'north']],
  ] as const)(
    'should give each its own services, the named one %s the default one [H24]',
    async (_, names) => {
      const app = await startFlowApp({
        adapter,
        like: base,
        register: (options, extras) => [
          ...names.map((instance) =>
            (instance === undefined ? sync : async)(options, {
              ...extras,
              isGlobal: true,
              customConnections: true,
              ...(instance === undefined ? {} : { instance, routes: { path: instance } }),
            }),
          ),
          { module: Empty, providers: [Consumer] },
        ],
      });
      const owner = `owner of ${adapter} ${names.join()}`;
      const browser = app.browser(owner);
      await connect(app, browser, { root: '/north' });
      const lists = [await browser.get('/north'), await browser.get('/connections')];
      expect(lists.map((list) => list.json<{ items: unknown[] }>().items.length)).toEqual([1, 0]);
      const consumer = app.app.get(Consumer);
      expect(await idsOf(consumer.northern, owner)).toBe(1);
      expect(await idsOf(consumer.connections, owner)).toBe(0);
      expect(consumer.byName).toBe(consumer.connections);
      expect(consumer.connections).toBe(app.app.get(ConnectionsService));
      expect(consumer.powens).toBe(app.app.get(getConnectionsToken(PowensService, 'north')));
      expect(consumer.letters).toBe(app.app.get(getConnectionsToken(DeadLettersService, 'north')));
      expect(pairsOf(app.app)).toEqual(SERVICES.map(() => ({ isIts: true, isOther: true })));
      await app.stop();
    },
  );

  it('should name the registration in each of its log lines [H24]', async () => {
    const app = await startFlowApp({ adapter, like: base, extras: { instance: 'north' } });
    const before = app.logger.lines.length;
    const { landed } = await connect(app, app.browser(`logged on ${adapter}`));
    expect(landed.status).toBe(303);
    await app.browser('nobody').get('/connections/callback?state=x');
    await app.stop();
    const lines = app.logger.lines.slice(before).filter((line) => /Connections[A-Z]\w*(:\S*)?$/.test(line));
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.filter((line) => !line.endsWith(':north'))).toEqual([]);
  });
});

/** Of each service, whether each registration has one of the class, and not that of the other. */
function pairsOf(app: INestApplication): { isIts: boolean; isOther: boolean }[] {
  return SERVICES.map((service) => {
    const named: unknown = app.get(getConnectionsToken(service, 'north'));
    const byDefault: unknown = app.get(getConnectionsToken(service));
    return {
      isIts:
        named instanceof service && byDefault instanceof service && byDefault === app.get(service as never),
      isOther: named !== byDefault,
    };
  });
}
