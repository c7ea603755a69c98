import { ConfigurableModuleBuilder, type DynamicModule, type Provider } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  DEFAULT_INSTANCE,
  EXTRAS_PROBLEMS,
  MODULE_OPTIONS,
  OWN_CONTROLLERS,
  STATIC_EXTRAS,
} from './connections.constants.js';
import { CONNECTIONS_PROVIDERS } from './connections.providers.js';
import { getConnectionsToken, injectServices, isPublicService } from './connections.tokens.js';
import { dataSourceProvider } from './database/data-source.provider.js';
import { CONNECTIONS_ENTITIES } from './database/index.js';
import { CUSTOM_PROVIDERS } from './flow/custom/custom.providers.js';
import { controllersOf } from './http/controllers.factory.js';
import { ROUTES_PROVIDERS } from './http/http.providers.js';
import type { ConnectionsModuleExtras } from './options/connections-module-extras.interface.js';
import type { ConnectionsModuleOptions } from './options/connections-module-options.interface.js';
import { optionsOf } from './options/resolve/module-options.js';
import { checkedExtras } from './options/resolve/resolve-extras.js';

const DEFAULTS: Required<ConnectionsModuleExtras> = {
  instance: DEFAULT_INSTANCE,
  isGlobal: false,
  dataSource: 'default',
  routes: {},
  customConnections: false,
  extraProviders: [],
  swagger: {},
};

/** Names of the options that a factory returns; what they depend on has no influence on that. */
const OPTION_NAMES = optionsOf({}, { routes: true, production: false });

/**
 * Completes the module with its static part, which Nest needs before any factory runs.
 *
 * @internal
 */
function withExtras(definition: DynamicModule, given: ConnectionsModuleExtras): DynamicModule {
  const { extras, problems } = checkedExtras(given, isAsync(definition) ? OPTION_NAMES : undefined);
  const { instance = DEFAULT_INSTANCE, dataSource = DEFAULTS.dataSource } = extras;
  const controllers = controllersOf(extras);
  // For hosts with `autoLoadEntities`. Not imported: its repositories, which nothing uses, would require the DataSource.
  TypeOrmModule.forFeature([...CONNECTIONS_ENTITIES], dataSource);
  controllers.forEach((controller) => {
    injectServices(controller, instance);
  });
  const own = [
    ...CONNECTIONS_PROVIDERS,
    // Its constructor requires an owner resolver, which services alone do not need.
    ...(extras.routes === false ? [] : ROUTES_PROVIDERS),
    ...(extras.customConnections === true ? CUSTOM_PROVIDERS : []),
  ];
  const services = own.filter(isPublicService);
  return {
    ...definition,
    global: extras.isGlobal === true,
    imports: [
      ...(definition.imports ?? []),
      // A separate emitter: the host's own emitter keeps its options and events.
      EventEmitterModule.forRoot({ global: false }),
    ],
    controllers,
    exports: [
      ...(definition.exports ?? []),
      ...services.map((service) => getConnectionsToken(service, instance)),
    ],
    providers: [
      ...optionProviders(definition),
      ...(extras.extraProviders ?? []),
      { provide: EXTRAS_PROBLEMS, useValue: problems },
      { provide: STATIC_EXTRAS, useValue: extras },
      { provide: OWN_CONTROLLERS, useValue: controllers },
      dataSourceProvider(dataSource),
      ...own.map((provider) => underOwnToken(provider, instance)),
    ],
  };
}

/** `forRootAsync` was called: a factory of the host will give the options. */
function isAsync({ providers = [] }: DynamicModule): boolean {
  return !providers.some((provider) => 'useValue' in provider && provider.provide === MODULE_OPTIONS);
}

/** Without a factory, the options are missing, which their check reports. Nest would name a dependency "?" instead. */
function optionProviders({ providers = [] }: DynamicModule): Provider[] {
  const isMissing = (provider: Provider): boolean =>
    'provide' in provider && (provider.provide as unknown) === undefined;
  return providers.some(isMissing) ? [{ provide: MODULE_OPTIONS, useValue: undefined }] : providers;
}

/** A public service has its class as token in the default registration alone: `app.get()` looks through all modules. */
function underOwnToken(provider: Provider, instance: string): Provider {
  return isPublicService(provider)
    ? { provide: getConnectionsToken(provider, instance), useClass: provider }
    : provider;
}

export const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<ConnectionsModuleOptions>({
  moduleName: 'Connections',
  optionsInjectionToken: MODULE_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setExtras<ConnectionsModuleExtras>(DEFAULTS, withExtras)
  .build();
