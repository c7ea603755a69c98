import { Inject, Module, type NestModule, type Type } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { OWN_CONTROLLERS, STATIC_EXTRAS } from './connections.constants.js';
import { ConfigurableModuleClass } from './connections.module-definition.js';
import { CONNECTIONS_PROVIDERS } from './connections.providers.js';
import { KeyRotationService } from './custody/rotation/key-rotation.service.js';
import { ConnectionsReadiness } from './flow/setup/connections-readiness.service.js';
import { ConnectionsService } from './flow/connections.service.js';
import { WebhookPayloads } from './flow/bank-data/webhook-payloads.service.js';
import { ReconciliationService } from './flow/reconciliation/reconciliation.service.js';
import { TokenImportService } from './flow/token-import/token-import.service.js';
import { WebhookRegistrationService } from './flow/setup/webhook-registration.service.js';
import { PowensService } from './flow/bank-data/powens.service.js';
import { applyVersions } from './http/controllers.factory.js';
import type { ConnectionsModuleExtras } from './options/connections-module-extras.interface.js';
import { DeadLettersService } from './outbox/dead-letters.service.js';

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
@Module({
  providers: CONNECTIONS_PROVIDERS,
  exports: [
    ConnectionsService,
    PowensService,
    ConnectionsReadiness,
    DeadLettersService,
    KeyRotationService,
    TokenImportService,
    WebhookPayloads,
    ReconciliationService,
    WebhookRegistrationService,
  ],
})
export class ConnectionsModule extends ConfigurableModuleClass implements NestModule {
  constructor(
    private readonly application: ApplicationConfig,
    @Inject(OWN_CONTROLLERS) private readonly controllers: readonly Type[],
    @Inject(STATIC_EXTRAS) private readonly extras: ConnectionsModuleExtras,
  ) {
    super();
  }

  /** Called by Nest before it maps routes. */
  configure(): void {
    const { routes } = this.extras;
    const version = routes === false ? undefined : routes?.version;
    applyVersions(this.controllers, version, this.application.getVersioning());
  }
}
