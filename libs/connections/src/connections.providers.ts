import type { Provider } from '@nestjs/common';
import { ConnectionChangesRepository } from './connections/connection-changes.repository.js';
import { ConnectionMetadataRepository } from './connections/connection-metadata.repository.js';
import { ConnectionRepository } from './connections/connection.repository.js';
import { RemovalRepository } from './connections/removal.repository.js';
import { UnconfirmedRepository } from './connections/unconfirmed.repository.js';
import { SilentConnectionsRepository } from './connections/silent-connections.repository.js';
import { AccountRepository } from './custody/account.repository.js';
import { ErasureRepository } from './custody/erasure.repository.js';
import { KeyRotationRepository } from './custody/key-rotation.repository.js';
import { KeyRotationService } from './custody/key-rotation.service.js';
import { ReconciliationTurns } from './custody/reconciliation/reconciliation-turns.repository.js';
import { PowensUserRepository } from './custody/powens-user.repository.js';
import { TokenCustodyService } from './custody/token-custody.service.js';
import { ConnectionsDatabase } from './database/connections-database.js';
import { UnitOfWork } from './database/unit-of-work.js';
import { ConnectFlowService } from './flow/connect-flow.service.js';
import { ConnectionsReadiness } from './flow/connections-readiness.service.js';
import { ConnectionsService } from './flow/connections.service.js';
import { COMPLETION_PROVIDERS } from './flow/recovery/completion.providers.js';
import { LandingService } from './flow/landing.service.js';
import { ConnectionLifecycleService } from './flow/lifecycle/connection-lifecycle.service.js';
import { AbandonedReservations } from './flow/lifecycle/abandoned-reservations.service.js';
import { DueRemovals } from './flow/lifecycle/due-removals.service.js';
import { RepairReading } from './flow/lifecycle/repair-reading.service.js';
import { EventTransaction } from './flow/event-transaction.js';
import { ErasureIntent } from './flow/lifecycle/erasure-intent.service.js';
import { ErasureService } from './flow/lifecycle/erasure.service.js';
import { InterruptedChanges } from './flow/lifecycle/interrupted-changes.service.js';
import { LifecycleSweeper } from './flow/lifecycle/lifecycle-sweeper.service.js';
import { OwnerTraces } from './flow/lifecycle/owner-traces.service.js';
import { PowensRemoval } from './flow/lifecycle/powens-removal.service.js';
import { RemovalService } from './flow/lifecycle/removal.service.js';
import { RepairStartService } from './flow/lifecycle/repair-start.service.js';
import { SyncService } from './flow/lifecycle/sync.service.js';
import { ObservationService } from './flow/lifecycle/observation.service.js';
import { PowensService } from './flow/owner-client/powens.service.js';
import { RedirectUriPreflight } from './flow/preflight/redirect-uri-preflight.service.js';
import { GoneConnectionsRepository } from './connections/gone-connections.repository.js';
import { LossRepository } from './custody/losses/loss.repository.js';
import { LostUserRepository } from './custody/losses/lost-user.repository.js';
import { LossApplication } from './flow/losses/loss-application.service.js';
import { LossPolicy } from './flow/losses/loss-policy.service.js';
import { LossRetention } from './flow/losses/loss-retention.service.js';
import { MissingConnections } from './flow/losses/missing-connections.service.js';
import { RemoteConnections } from './flow/losses/remote-connections.service.js';
import { MissingUsers } from './flow/reconciliation/missing-user.service.js';
import { OrphanUsers } from './flow/reconciliation/orphan-users.service.js';
import { ReconciliationLoop } from './flow/reconciliation/reconciliation-loop.service.js';
import { ReconciliationService } from './flow/reconciliation/reconciliation.service.js';
import { ReconciliationWork } from './flow/reconciliation/reconciliation-work.service.js';
import { UserComparison } from './flow/reconciliation/user-comparison.service.js';
import { UserReconciliation } from './flow/reconciliation/user-reconciliation.service.js';
import { AccountLock } from './flow/tokens/account-lock.service.js';
import { ImportedTokenService } from './flow/tokens/imported-token.service.js';
import { ProvisioningService } from './flow/tokens/provisioning.service.js';
import { TokenAudit } from './flow/tokens/token-audit.service.js';
import { TokenImportService } from './flow/tokens/token-import.service.js';
import { TokenRenewal } from './flow/tokens/token-renewal.service.js';
import { TokenLifecycleService } from './flow/tokens/token-lifecycle.service.js';
import { AdmissionService } from './flow/unconfirmed/admission.service.js';
import { UnconfirmedRemoval } from './flow/unconfirmed/unconfirmed-removal.service.js';
import { ConfirmationService } from './flow/unconfirmed/confirmation.service.js';
import { QuarantineService } from './flow/unconfirmed/quarantine.service.js';
import { DueWarnings } from './flow/warnings/due-warnings.service.js';
import { ExpiryWarningService } from './flow/warnings/expiry-warning.service.js';
import { SilenceWarningService } from './flow/warnings/silence-warning.service.js';
import { WarningService } from './flow/warnings/warning.service.js';
import { WebhookRegistrationService } from './flow/webhook-registration/webhook-registration.service.js';
import { WebviewService } from './flow/webview.service.js';
import { BrowserBindingCookie } from './http/browser-binding.cookie.js';
import { PublicRoutes } from './options/public-routes.js';
import { DeadLetterRepository } from './outbox/dead-letter.repository.js';
import { DeadLettersService } from './outbox/dead-letters.service.js';
import { EmitterEventPublisher } from './outbox/emitter-event-publisher.js';
import { EventPublisher } from './outbox/event-publisher.interface.js';
import { LivingUsers } from './flow/lifecycle/living-users.service.js';
import { DeletionWebhooks } from './flow/webhooks/deletion-webhooks.service.js';
import { InboxProcessor } from './flow/webhooks/inbox-processor.service.js';
import { NoticeWebhooks } from './flow/webhooks/notice-webhooks.service.js';
import { UnknownConnections } from './flow/webhooks/unknown-connections.service.js';
import { SyncWebhooks } from './flow/webhooks/sync-webhooks.service.js';
import { WebhookProcessing } from './flow/webhooks/webhook-processing.service.js';
import { WebhookPayloads } from './flow/webhooks/webhook-payloads.service.js';
import { WebhookReceiver } from './flow/webhooks/webhook-receiver.service.js';
import { WebhookSubjects } from './flow/webhooks/webhook-subject.service.js';
import { WebhookVerification } from './flow/webhooks/webhook-verification.service.js';
import { InboxRepository } from './webhooks/inbox.repository.js';
import { WebhookClock } from './webhooks/webhook-clock.service.js';
import { WebhookDoor } from './webhooks/webhook-door.service.js';
import { OutboxRelayService } from './outbox/outbox-relay.service.js';
import { OutboxRepository } from './outbox/outbox.repository.js';
import { OutboxService } from './outbox/outbox.service.js';
import { PowensClient } from './powens/powens.client.js';
import { http, keyRing, keyRingLoader, resolvedOptions } from './connections.providers.factories.js';

/**
 * Everything that the module provides, whatever the registration.
 *
 * @internal
 */
export const CONNECTIONS_PROVIDERS: Provider[] = [
  resolvedOptions,
  keyRingLoader,
  keyRing,
  http,
  { provide: EventPublisher, useClass: EmitterEventPublisher },
  PublicRoutes,
  ConnectionsDatabase,
  UnitOfWork,
  PowensUserRepository,
  AccountRepository,
  ErasureRepository,
  TokenCustodyService,
  KeyRotationRepository,
  KeyRotationService,
  ConnectionRepository,
  ConnectionMetadataRepository,
  ConnectionChangesRepository,
  SilentConnectionsRepository,
  UnconfirmedRepository,
  RemovalRepository,
  OutboxRepository,
  OutboxService,
  OutboxRelayService,
  InboxRepository,
  WebhookClock,
  WebhookDoor,
  WebhookVerification,
  RemoteConnections,
  UnknownConnections,
  WebhookSubjects,
  SyncWebhooks,
  DeletionWebhooks,
  NoticeWebhooks,
  WebhookProcessing,
  InboxProcessor,
  WebhookReceiver,
  WebhookPayloads,
  DeadLetterRepository,
  DeadLettersService,
  PowensClient,
  ...COMPLETION_PROVIDERS,
  LandingService,
  AccountLock,
  TokenAudit,
  TokenRenewal,
  TokenLifecycleService,
  ProvisioningService,
  ImportedTokenService,
  TokenImportService,
  WebviewService,
  ObservationService,
  QuarantineService,
  UnconfirmedRemoval,
  AdmissionService,
  ConfirmationService,
  RepairStartService,
  ConnectFlowService,
  SyncService,
  LivingUsers,
  PowensRemoval,
  RemovalService,
  OwnerTraces,
  ErasureIntent,
  ErasureService,
  ConnectionLifecycleService,
  InterruptedChanges,
  WarningService,
  ExpiryWarningService,
  SilenceWarningService,
  DueWarnings,
  LifecycleSweeper,
  ReconciliationTurns,
  GoneConnectionsRepository,
  LossRepository,
  LostUserRepository,
  LossApplication,
  LossPolicy,
  LossRetention,
  AbandonedReservations,
  DueRemovals,
  RepairReading,
  EventTransaction,
  MissingConnections,
  MissingUsers,
  UserComparison,
  UserReconciliation,
  OrphanUsers,
  ReconciliationWork,
  ReconciliationService,
  ReconciliationLoop,
  WebhookRegistrationService,
  ConnectionsService,
  PowensService,
  ConnectionsReadiness,
  RedirectUriPreflight,
  BrowserBindingCookie,
];
