import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { DEFAULT_INSTANCE, RESOLVED_OPTIONS } from '../connections.constants.js';
import { getConnectionsToken, isPublicService } from '../connections.tokens.js';
import { KeyRotationService } from '../custody/rotation/key-rotation.service.js';
import { PowensService } from '../flow/bank-data/powens.service.js';
import { WebhookPayloads } from '../flow/bank-data/webhook-payloads.service.js';
import { ConnectionsService } from '../flow/connections.service.js';
import { ShareLinksService } from '../flow/links/share-links.service.js';
import { ReconciliationService } from '../flow/reconciliation/reconciliation.service.js';
import { ConnectionsReadiness } from '../flow/setup/connections-readiness.service.js';
import { WebhookRegistrationService } from '../flow/setup/webhook-registration.service.js';
import { TokenImportService } from '../flow/token-import/token-import.service.js';
import { ConnectionsAdminService } from '../flow/administration/connections-admin.service.js';
import { DeadLettersService } from '../outbox/dead-letters.service.js';
import { ConnectionsTesting } from './connections-testing.js';
import * as administration from './fakes/administration.fakes.js';
import { FakeConnections } from './fakes/connections.fake.js';
import { MemoryStore } from './fakes/memory-store.js';
import { FakePowens } from './fakes/powens.fake.js';
import { FakeShareLinks } from './fakes/share-links.fake.js';
import { TestEvents } from './fakes/test-events.js';

/**
 * How the module is registered.
 *
 * @public
 */
export interface ConnectionsTestingOptions {
  /**
   * As the option of `ConnectionsModule`.
   *
   * @defaultValue true
   */
  readonly isGlobal?: boolean;
  /**
   * Name of the registration, as events carry it.
   *
   * @defaultValue `'default'`
   */
  readonly instance?: string;
}

/** The public services, each with its fake. */
const SERVICES: readonly Provider[] = [
  { provide: ConnectionsService, useClass: FakeConnections },
  { provide: ShareLinksService, useClass: FakeShareLinks },
  { provide: PowensService, useClass: FakePowens },
  { provide: ConnectionsReadiness, useClass: administration.FakeReadiness },
  { provide: ConnectionsAdminService, useClass: administration.FakeAdmin },
  { provide: DeadLettersService, useClass: administration.FakeDeadLetters },
  { provide: KeyRotationService, useClass: administration.FakeKeyRotation },
  { provide: TokenImportService, useClass: administration.FakeTokenImport },
  { provide: WebhookPayloads, useExisting: administration.FakeWebhookPayloads },
  { provide: ReconciliationService, useClass: administration.FakeReconciliation },
  { provide: WebhookRegistrationService, useClass: administration.FakeWebhookRegistration },
];

/**
 * Takes the place of `ConnectionsModule` in tests of the host: the same public services over memory, without a database, HTTP or
 * Powens. The host's handlers are called by {@link ConnectionsTesting}. Routes and custom connections are not part of it: for those,
 * start the application with the sandbox (`startSandboxFixture`).
 *
 * @example
 * ```ts
 * const module = await Test.createTestingModule({
 *   imports: [ConnectionsTestingModule.register()],
 *   providers: [AccountsService],
 * }).compile();
 * await module.init();
 * await module.get(ConnectionsTesting).connect('alice', { connectorName: 'My bank' });
 * ```
 * @public
 */
@Module({})
export class ConnectionsTestingModule {
  /** Registers the fakes. */
  static register({ isGlobal = true, instance = 'default' }: ConnectionsTestingOptions = {}): DynamicModule {
    return {
      module: ConnectionsTestingModule,
      global: isGlobal,
      imports: [EventEmitterModule.forRoot({ global: false })],
      providers: [
        { provide: RESOLVED_OPTIONS, useValue: { instance } },
        MemoryStore,
        TestEvents,
        administration.FakeWebhookPayloads,
        ConnectionsTesting,
        ...SERVICES,
        ...namedServices(instance),
      ],
      exports: [ConnectionsTesting, ...SERVICES, ...namedServices(instance)],
    };
  }
}

/** The same services under the tokens of a registration with a name: see `InjectConnections`. */
function namedServices(instance: string): Provider[] {
  const services = SERVICES.map((one) => (one as { readonly provide: unknown }).provide).filter(
    isPublicService,
  );
  return instance === DEFAULT_INSTANCE
    ? []
    : services.map((service) => ({ provide: getConnectionsToken(service, instance), useExisting: service }));
}
