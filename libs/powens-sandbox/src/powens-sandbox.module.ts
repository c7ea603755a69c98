import { Logger, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AccountsController } from './api/bank/accounts.controller.js';
import { AccountsService } from './connections/accounts.service.js';
import { BankScope } from './api/bank/bank-scope.service.js';
import { EmptyProductsController } from './api/bank/empty-products.controller.js';
import { HoldingsController } from './api/bank/holdings.controller.js';
import { InvestmentsController } from './api/bank/investments.controller.js';
import { OwnershipsController } from './api/bank/ownerships.controller.js';
import { TransactionEdits } from './api/bank/transaction-edits.service.js';
import { ConfigController } from './api/reference/config.controller.js';
import { KeysController } from './api/reference/keys.controller.js';
import { ReferenceController } from './api/reference/reference.controller.js';
import { DocumentsController } from './api/documents/documents.controller.js';
import { SubscriptionsController } from './api/documents/subscriptions.controller.js';
import { TransactionsController } from './api/bank/transactions.controller.js';
import { AdminController } from './admin/admin.controller.js';
import { CallLog } from './server/call-log.service.js';
import { ConnectionsAdminController } from './admin/connections-admin.controller.js';
import { FaultsController } from './admin/faults.controller.js';
import { HomeController } from './admin/home.controller.js';
import { LedgerService } from './admin/ledger.service.js';
import { SettingsController } from './admin/settings.controller.js';
import { WebviewDriverController } from './admin/webview-driver.controller.js';
import { AuthController } from './api/auth/auth.controller.js';
import { JwtController } from './api/auth/jwt.controller.js';
import { ProfilesController } from './api/users/profiles.controller.js';
import { TestWebhooksController } from './api/webhooks/test-webhooks.controller.js';
import { DocumentEdits } from './api/documents/document-edits.service.js';
import { BearerService } from './auth/bearer.service.js';
import { ClientApplications } from './auth/client-applications.service.js';
import { ClientsController } from './api/clients.controller.js';
import { CodeExchange } from './auth/code-exchange.service.js';
import { TokensService } from './auth/tokens.service.js';
import { ConnectionSetup } from './connections/connection-setup.service.js';
import { ConnectionView } from './connections/connection-view.service.js';
import { ConnectionsController } from './api/connections.controller.js';
import { ConnectionsService } from './connections/connections.service.js';
import { SourcesController } from './api/sources.controller.js';
import { ConnectorsController } from './api/connectors.controller.js';
import { ConnectorsService } from './connectors/connectors.service.js';
import { SandboxErrorsFilter } from './http/sandbox-errors.filter.js';
import type { PowensSandboxOptions } from './sandbox.options.js';
import { FaultRegistry } from './scenarios/fault-registry.service.js';
import { ProviderSettingsService } from './scenarios/provider-settings.service.js';
import { SandboxStore } from './store/sandbox.store.js';
import { UsersController } from './api/users/users.controller.js';
import { UsersService } from './auth/users.service.js';
import { ConnectSteps } from './webview/steps/connect-steps.service.js';
import { ManageSteps } from './webview/steps/manage-steps.service.js';
import { WebauthSessions } from './webview/webauth/webauth-sessions.service.js';
import { WebauthController } from './webview/webauth/webauth.controller.js';
import { WebviewActions } from './webview/steps/webview-actions.service.js';
import { WebviewDriver } from './webview/steps/webview-driver.service.js';
import { WebviewEnding } from './webview/steps/webview-ending.service.js';
import { WebviewPages } from './webview/webview-pages.service.js';
import { WebviewSessionController } from './webview/webview-session.controller.js';
import { WebviewSessions } from './webview/sessions/webview-sessions.service.js';
import { WebviewController } from './webview/webview.controller.js';
import { WebhookComposer } from './admin/webhooks/webhook-composer.service.js';
import { WebhookAdmin } from './admin/webhooks/webhook-admin.service.js';
import { TransactionsAdminController } from './admin/transactions-admin.controller.js';
import { WebhooksAdminController } from './admin/webhooks/webhooks-admin.controller.js';
import { DeliveryEngine } from './webhooks/delivery/delivery-engine.service.js';
import { WebhookSender } from './webhooks/delivery/transport/webhook-sender.service.js';
import { WebhookSettingsService } from './webhooks/registry/webhook-settings.service.js';
import { SyncEvents } from './webhooks/emission/sync-events.service.js';
import { WebhookEvents } from './webhooks/emission/webhook-events.service.js';
import { WebhookPayloads } from './webhooks/payloads/webhook-payloads.service.js';
import { AuthProvidersController } from './api/webhooks/auth-providers.controller.js';
import { AuthProviders } from './webhooks/registry/auth-providers.service.js';
import { WebhookRegistrations } from './webhooks/delivery/webhook-registrations.service.js';
import { WebhookRegistry } from './webhooks/registry/webhook-registry.service.js';
import { WebhooksController } from './api/webhooks/webhooks.controller.js';
import { WebhookClock } from './server/webhook-clock.service.js';

const CONTROLLERS = [
  AccountsController,
  AdminController,
  AuthController,
  // Before `webhooks/:id`, which would take `auth` for an id.
  AuthProvidersController,
  ClientsController,
  ConfigController,
  ConnectionsAdminController,
  ConnectionsController,
  ConnectorsController,
  DocumentsController,
  EmptyProductsController,
  FaultsController,
  HoldingsController,
  HomeController,
  InvestmentsController,
  JwtController,
  KeysController,
  OwnershipsController,
  ProfilesController,
  ReferenceController,
  SettingsController,
  SourcesController,
  SubscriptionsController,
  TestWebhooksController,
  TransactionsAdminController,
  TransactionsController,
  UsersController,
  WebauthController,
  WebhooksAdminController,
  WebhooksController,
  WebviewController,
  WebviewDriverController,
  WebviewSessionController,
];

const SERVICES = [
  AccountsService,
  AuthProviders,
  BankScope,
  BearerService,
  CallLog,
  ClientApplications,
  CodeExchange,
  ConnectSteps,
  ConnectionSetup,
  ConnectionView,
  ConnectionsService,
  ConnectorsService,
  DeliveryEngine,
  DocumentEdits,
  FaultRegistry,
  LedgerService,
  ManageSteps,
  ProviderSettingsService,
  SyncEvents,
  TokensService,
  TransactionEdits,
  UsersService,
  WebauthSessions,
  WebhookClock,
  WebhookComposer,
  WebhookSender,
  WebhookAdmin,
  WebhookEvents,
  WebhookPayloads,
  WebhookRegistrations,
  WebhookRegistry,
  WebhookSettingsService,
  WebviewActions,
  WebviewDriver,
  WebviewEnding,
  WebviewPages,
  WebviewSessions,
];

/**
 * The sandbox as a Nest module: the root of an application of its own, since it owns its port. Hosts start it with
 * `startPowensSandbox`.
 */
@Module({})
export class PowensSandboxModule {
  /** The module on a state, which its caller closes. */
  static forRoot({
    store = new SandboxStore(),
    logger,
  }: { store?: SandboxStore } & Pick<PowensSandboxOptions, 'logger'> = {}): DynamicModule {
    return {
      module: PowensSandboxModule,
      controllers: CONTROLLERS,
      providers: [
        // By a factory: Nest serialises the values of a dynamic module to tell modules apart.
        { provide: SandboxStore, useFactory: () => store },
        {
          provide: APP_FILTER,
          useFactory: () =>
            new SandboxErrorsFilter(typeof logger === 'object' ? logger : new Logger('PowensSandbox')),
        },
        ...SERVICES,
      ],
    };
  }
}
