import { Inject, Module, type NestModule, type OnModuleInit, type Type } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { OWN_CONTROLLERS, STATIC_EXTRAS } from './connections.constants.js';
import { ConfigurableModuleClass } from './connections.module-definition.js';
import { assertMadeOnce, assertSoleRegistration } from './connections.registrations.js';
import { applyVersions } from './http/controller-versions.js';
import type { ConnectionsModuleExtras } from './options/connections-module-extras.interface.js';

/**
 * Lets the host's users connect their banks and billing providers through Powens.
 *
 * @example
 * ```ts
 * ConnectionsModule.forRootAsync({
 *   inject: [ConfigService],
 *   useFactory: (config: ConfigService) => ({
 *     powens: config.getOrThrow('powens'),
 *     publicUrl: config.getOrThrow('PUBLIC_URL'),
 *     keys: config.getOrThrow('CONNECTIONS_KEYS'),
 *     owner: (request) => request.user?.id,
 *   }),
 *   routes: { guards: [SessionGuard] },
 * })
 * ```
 * @public
 */
@Module({})
export class ConnectionsModule extends ConfigurableModuleClass implements NestModule, OnModuleInit {
  constructor(
    private readonly application: ApplicationConfig,
    private readonly modules: ModulesContainer,
    @Inject(OWN_CONTROLLERS) private readonly controllers: readonly Type[],
    @Inject(STATIC_EXTRAS) private readonly extras: ConnectionsModuleExtras,
  ) {
    super();
    assertSoleRegistration(modules, extras);
  }

  /** Called by Nest before it maps routes. */
  configure(): void {
    const { routes } = this.extras;
    const version = routes === false ? undefined : routes?.version;
    applyVersions(this.controllers, version, this.application.getVersioning());
  }

  /** Called by Nest once it knows what depends on what. */
  onModuleInit(): void {
    assertMadeOnce(this.modules, this);
  }
}
