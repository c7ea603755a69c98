import type { ModulesContainer } from '@nestjs/core';
import { madePerRequest, moduleOf } from './background/made-per-request.js';
import {
  CONNECTIONS_DATA_SOURCE,
  DEFAULT_INSTANCE,
  MODULE_OPTIONS,
  STATIC_EXTRAS,
} from './connections.constants.js';
import { ConfigurationError } from './errors/index.js';
import type {
  ConnectionsModuleExtras,
  RoutesOptions,
} from './options/connections-module-extras.interface.js';

/**
 * Refuses a second registration of the same name: it would read and change the rows of the first one. Also one whose routes have
 * the same path: the callbacks and webhooks of one would arrive at the other.
 *
 * @throws ConfigurationError
 * @internal
 */
export function assertSoleRegistration(modules: ModulesContainer, own: ConnectionsModuleExtras): void {
  const others = [...modules.values()]
    .flatMap(({ providers }) => (providers.get(STATIC_EXTRAS)?.instance ?? []) as ConnectionsModuleExtras)
    .filter((extras) => extras !== own);
  for (const other of others) {
    if (nameOf(other) === nameOf(own)) {
      throw new ConfigurationError(
        'instance',
        `is ${quoted(own)} for two registrations of ConnectionsModule in one application. Give each one a name of its own: ` +
          'forRoot({ instance: … }), or beside useFactory in forRootAsync.',
      );
    }
    if (routeOf(other) !== null && routeOf(other) === routeOf(own)) {
      throw new ConfigurationError(
        'routes.path',
        `is the same for the registrations ${[other, own].map(quoted).sort().join(' and ')} of ConnectionsModule. Give each one a path ` +
          'of its own, or set routes: false.',
      );
    }
  }
}

/**
 * Refuses options and a DataSource that Nest makes for each request: the whole library would be made so.
 *
 * @throws ConfigurationError
 * @internal
 */
export function assertMadeOnce(modules: ModulesContainer, registration: object): void {
  const module = moduleOf(modules, registration);
  for (const [option, token] of [
    ['inject', MODULE_OPTIONS],
    ['dataSource', CONNECTIONS_DATA_SOURCE],
  ] as const) {
    const culprit = madePerRequest(module, token);
    if (culprit !== null) {
      throw new ConfigurationError(
        option,
        `depends on ${culprit}. No event would be delivered and no webhook processed. Use what is made once; the request is the ` +
          'argument of the option owner.',
      );
    }
  }
}

function nameOf({ instance = DEFAULT_INSTANCE }: ConnectionsModuleExtras): string {
  return instance;
}

function quoted(extras: ConnectionsModuleExtras): string {
  return `"${nameOf(extras)}"`;
}

/** What the routes of a registration have in front; null without routes. */
function routeOf({ routes }: ConnectionsModuleExtras): string | null {
  if (routes === false) {
    return null;
  }
  const { path = 'connections', version }: RoutesOptions = routes ?? {};
  const segments = path.split('/').filter((segment) => segment !== '');
  return JSON.stringify([
    segments.join('/').toLowerCase(),
    version === undefined ? [] : [version].flat().map(String),
  ]);
}
