import { Inject, type InjectionToken, type Type } from '@nestjs/common';
import { PARAMTYPES_METADATA } from '@nestjs/common/constants.js';
import { DEFAULT_INSTANCE } from './connections.constants.js';
import { KeyRotationService } from './custody/rotation/key-rotation.service.js';
import { ConnectionsAdminService } from './flow/administration/connections-admin.service.js';
import { PowensService } from './flow/bank-data/powens.service.js';
import { WebhookPayloads } from './flow/bank-data/webhook-payloads.service.js';
import { ConnectionsService } from './flow/connections.service.js';
import { CustomConnectionsService } from './flow/custom/custom-connections.service.js';
import { ShareLinksService } from './flow/links/share-links.service.js';
import { ReconciliationService } from './flow/reconciliation/reconciliation.service.js';
import { ConnectionsReadiness } from './flow/setup/connections-readiness.service.js';
import { WebhookRegistrationService } from './flow/setup/webhook-registration.service.js';
import { TokenImportService } from './flow/token-import/token-import.service.js';
import { HostRoutesService } from './http/host-routes/host-routes.service.js';
import { DeadLettersService } from './outbox/dead-letters.service.js';

/** The public services, by the name in their tokens: a bundler may rename a class, but not a property. */
const SERVICES = {
  ConnectionsService,
  HostRoutesService,
  PowensService,
  ConnectionsAdminService,
  ConnectionsReadiness,
  DeadLettersService,
  KeyRotationService,
  ShareLinksService,
  TokenImportService,
  WebhookPayloads,
  ReconciliationService,
  WebhookRegistrationService,
  CustomConnectionsService,
};

/**
 * Every class that this module provides to the application.
 *
 * @public
 */
export type ConnectionsServiceClass = (typeof SERVICES)[keyof typeof SERVICES];

/**
 * The token of a service of one registration: the class itself for the default one, which sets no `instance`.
 *
 * @param service - the class of the service
 * @param instance - option `instance` of the registration
 * @returns the token, for `inject` of a factory, `app.get()` and `ModuleRef.get()`
 * @throws TypeError when the class is not a service of this library
 * @example
 * ```ts
 * const connections = app.get(getConnectionsToken(ConnectionsService, 'insurance'));
 * ```
 * @public
 */
export function getConnectionsToken<Service extends ConnectionsServiceClass>(
  service: Service,
  instance: string = DEFAULT_INSTANCE,
): InjectionToken<InstanceType<Service>> {
  const name = nameOf(service);
  if (name === undefined) {
    throw new TypeError(
      'getConnectionsToken() takes a service of nestjs-powens-connections, as ConnectionsService.',
    );
  }
  return instance === DEFAULT_INSTANCE ? service : `CONNECTIONS:${name}:${instance}`;
}

/**
 * Injects the `ConnectionsService` of a registration by its name, or another service of it.
 *
 * @param instance - option `instance` of the registration; the default one when absent
 * @example
 * ```ts
 * constructor(
 *   private readonly banks: ConnectionsService,
 *   @InjectConnections('insurance') private readonly insurers: ConnectionsService,
 *   @InjectConnections(PowensService, 'insurance') private readonly insurance: PowensService,
 * ) {}
 * ```
 * @public
 */
export function InjectConnections(instance?: string): ParameterDecorator & PropertyDecorator;
export function InjectConnections(
  service: ConnectionsServiceClass,
  instance?: string,
): ParameterDecorator & PropertyDecorator;
export function InjectConnections(
  first?: ConnectionsServiceClass | string,
  second?: string,
): ParameterDecorator & PropertyDecorator {
  return Inject(
    typeof first === 'function'
      ? getConnectionsToken(first, second)
      : getConnectionsToken(ConnectionsService, first),
  );
}

/**
 * Whether a provider is a public service.
 *
 * @internal
 */
export function isPublicService(provider: unknown): provider is ConnectionsServiceClass {
  return nameOf(provider) !== undefined;
}

/**
 * Makes a controller of a registration take the services of that registration.
 *
 * @internal
 */
export function injectServices(controller: Type, instance: string): void {
  const parameters = (Reflect.getMetadata(PARAMTYPES_METADATA, controller) ?? []) as readonly unknown[];
  parameters.forEach((type, index) => {
    if (isPublicService(type)) {
      InjectConnections(type, instance)(controller, undefined, index);
    }
  });
}

function nameOf(service: unknown): string | undefined {
  return Object.entries(SERVICES).find(([, known]) => known === service)?.[0];
}
