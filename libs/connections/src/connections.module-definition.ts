import { ConfigurableModuleBuilder, type DynamicModule, type Provider } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EXTRAS_PROBLEMS, OWN_CONTROLLERS, STATIC_EXTRAS } from './connections.constants.js';
import { dataSourceProvider } from './database/data-source.provider.js';
import { CONNECTIONS_ENTITIES } from './database/index.js';
import { CustomConnectionsService } from './flow/custom/custom-connections.service.js';
import { CUSTOM_PROVIDERS } from './flow/custom/custom.providers.js';
import { controllersOf } from './http/controllers.factory.js';
import { ROUTES_PROVIDERS } from './http/http.providers.js';
import type { ConnectionsModuleExtras } from './options/connections-module-extras.interface.js';
import type { ConnectionsModuleOptions } from './options/connections-module-options.interface.js';
import { optionsOf } from './options/resolve/module-options.js';
import { checkedExtras } from './options/resolve/resolve-extras.js';

const DEFAULTS: Required<ConnectionsModuleExtras> = {
  isGlobal: false,
  dataSource: 'default',
  routes: {},
  customConnections: false,
  swagger: {},
};

/** Names of the options that a factory returns; what they depend on has no influence on that. */
const MODULE_OPTIONS = optionsOf({}, { routes: true, production: false });

/**
 * Completes the module with its static part, which Nest needs before any factory runs.
 *
 * @internal
 */
function withExtras(definition: DynamicModule, given: ConnectionsModuleExtras): DynamicModule {
  const { extras, problems } = checkedExtras(given, isAsync(definition) ? MODULE_OPTIONS : undefined);
  const dataSource = extras.dataSource ?? DEFAULTS.dataSource;
  const custom = extras.customConnections === true;
  const controllers = controllersOf(extras);
  // For hosts with `autoLoadEntities`. Not imported: its repositories, which nothing uses, would require the DataSource.
  TypeOrmModule.forFeature([...CONNECTIONS_ENTITIES], dataSource);
  return {
    ...definition,
    global: extras.isGlobal === true,
    imports: [
      ...(definition.imports ?? []),
      // A separate emitter: the host's own emitter keeps its options and events.
      EventEmitterModule.forRoot({ global: false }),
    ],
    controllers,
    exports: [...(definition.exports ?? []), ...(custom ? [CustomConnectionsService] : [])],
    providers: [
      ...optionProviders(definition),
      { provide: EXTRAS_PROBLEMS, useValue: problems },
      { provide: STATIC_EXTRAS, useValue: extras },
      { provide: OWN_CONTROLLERS, useValue: controllers },
      // Its constructor requires an owner resolver, which services alone do not need.
      ...(extras.routes === false ? [] : ROUTES_PROVIDERS),
      ...(custom ? CUSTOM_PROVIDERS : []),
      dataSourceProvider(dataSource),
    ],
  };
}

/** `forRootAsync` was called: a factory of the host will give the options. */
function isAsync({ providers = [] }: DynamicModule): boolean {
  return !providers.some((provider) => 'useValue' in provider && provider.provide === MODULE_OPTIONS_TOKEN);
}

/** Without a factory, the options are missing, which their check reports. Nest would name a dependency "?" instead. */
function optionProviders({ providers = [] }: DynamicModule): Provider[] {
  const isMissing = (provider: Provider): boolean =>
    'provide' in provider && (provider.provide as unknown) === undefined;
  return providers.some(isMissing) ? [{ provide: MODULE_OPTIONS_TOKEN, useValue: undefined }] : providers;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<ConnectionsModuleOptions>({ moduleName: 'Connections' })
    .setClassMethodName('forRoot')
    .setExtras<ConnectionsModuleExtras>(DEFAULTS, withExtras)
    .build();
