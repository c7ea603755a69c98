import type { CanActivate, ControllerOptions, Provider, Type } from '@nestjs/common';

/**
 * The shape of the library's routes. Fixed when the module is imported, since Nest maps routes before any factory runs.
 *
 * @public
 */
export interface RoutesOptions {
  /**
   * Path of all routes, below the global prefix and version.
   *
   * @defaultValue `'connections'`
   */
  path?: string;
  /**
   * Version or versions of the routes, when the host versions its routes. By URI, the first one is in the redirect URI. Otherwise
   * (header, media type, custom) the callback and the webhooks are version-neutral, since neither browsers nor Powens send a
   * version, and the other routes also answer requests that name none.
   *
   * @defaultValue by URI the default version of the host, otherwise `VERSION_NEUTRAL`
   */
  version?: ControllerOptions['version'];
  /** Guards of every route but the callback and the webhooks. They run before the owner is resolved. */
  guards?: readonly (Type<CanActivate> | CanActivate)[];
  /** Decorators for every route but the callback and the webhooks: roles, throttling, Swagger security. */
  decorators?: readonly ClassDecorator[];
  /** Decorators for the callback and the webhooks: usually the host's `@Public()`, when a global guard is set. */
  publicDecorators?: readonly ClassDecorator[];
}

/**
 * The static part of the registration; given beside `useFactory`, not in its result.
 *
 * @public
 */
export interface ConnectionsModuleExtras {
  /**
   * Name of this registration, when an application has several: 1 to 64 letters, digits, `_` or `-`, different for each. It is
   * stored in every row and bound to every sealed token: do not change it later. The services of a registration with a name
   * are injected by it.
   *
   * @defaultValue `'default'`, whose services are injected by their classes
   * @see InjectConnections
   */
  instance?: string;
  /**
   * Registers the module for the whole application.
   *
   * @defaultValue false
   */
  isGlobal?: boolean;
  /**
   * Name of the host's TypeORM DataSource that keeps the library's tables.
   *
   * @defaultValue the default DataSource
   */
  dataSource?: string;
  /**
   * The library's routes, or `false` for services only.
   *
   * @defaultValue `{ path: 'connections' }`
   */
  routes?: RoutesOptions | false;
  /**
   * Adds `CustomConnectionsService`, and the routes below `{path}/custom`: connections without the webview. The
   * application then handles bank credentials, which only agents under contract with Powens may do.
   *
   * @defaultValue false
   */
  customConnections?: boolean;
  /**
   * Providers of this module, for what `useFactory` and the guards of `routes` inject, in place of a module that exports them.
   *
   * @defaultValue `[]`
   */
  extraProviders?: readonly Provider[];
  /** How the routes show in Swagger. */
  swagger?: {
    /**
     * Tag of the routes.
     *
     * @defaultValue `'connections'`
     */
    tag?: string;
    /**
     * Leaves the routes out of the document.
     *
     * @defaultValue false
     */
    hide?: boolean;
  };
}
