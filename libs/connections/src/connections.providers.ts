import type { Provider } from '@nestjs/common';
import { ConnectionChangesRepository } from './connections/connection-changes.repository.js';
import { ConnectionMetadataRepository } from './connections/connection-metadata.repository.js';
import { ConnectionRepository } from './connections/connection.repository.js';
import { RemovalRepository } from './connections/removal.repository.js';
import { UnconfirmedRepository } from './connections/unconfirmed.repository.js';
import { SilentConnectionsRepository } from './connections/silent-connections.repository.js';
import { PowensUserLeaseRepository } from './custody/powens-user-lease.repository.js';
import { ErasureRepository } from './custody/erasure.repository.js';
import { KeyRotationRepository } from './custody/rotation/key-rotation.repository.js';
import { KeyRotationService } from './custody/rotation/key-rotation.service.js';
import { ReconciliationSchedule } from './flow/reconciliation/reconciliation-schedule.repository.js';
import { PowensUserRepository } from './custody/powens-user.repository.js';
import { TokenCustodyService } from './custody/token-custody.service.js';
import { ConnectionsDatabase } from './database/connections-database.js';
import { UnitOfWork } from './database/unit-of-work.js';
import { ConnectFlowService } from './flow/connect/connect-flow.service.js';
import { ConnectionsReadiness } from './flow/setup/connections-readiness.service.js';
import { ConnectionsService } from './flow/connections.service.js';
import { COMPLETION_PROVIDERS } from './flow/completion/completion.providers.js';
import { ReturnToResolver } from './flow/connect/return-to.resolver.js';
import { ConnectionLifecycleService } from './flow/connection-lifecycle.service.js';
import { AbandonedReservations } from './flow/sweeper/abandoned-reservations.service.js';
import { DueRemovals } from './flow/sweeper/due-removals.service.js';
import { RepairReading } from './flow/completion/repair-reading.service.js';
import { EventTransaction } from './flow/changes/event-transaction.js';
import { ErasureIntent } from './flow/erasure/erasure-intent.service.js';
import { ErasureService } from './flow/erasure/erasure.service.js';
import { InterruptedChanges } from './flow/sweeper/interrupted-changes.service.js';
import { LifecycleSweeper } from './flow/sweeper/lifecycle-sweeper.service.js';
import { OwnerMessages } from './flow/erasure/owner-messages.service.js';
import { PowensRemoval } from './flow/lifecycle/powens-removal.service.js';
import { RemovalService } from './flow/lifecycle/removal.service.js';
import { RepairStartService } from './flow/connect/repair-start.service.js';
import { SyncService } from './flow/lifecycle/sync.service.js';
import { ConnectionChangesService } from './flow/changes/connection-changes.service.js';
import { PowensService } from './flow/bank-data/powens.service.js';
import { RedirectUriPreflight } from './flow/setup/redirect-uri-preflight.service.js';
import { GoneConnectionsRepository } from './connections/gone-connections.repository.js';
import { LossRepository } from './custody/losses/loss.repository.js';
import { LostUserRepository } from './custody/losses/lost-user.repository.js';
import { LossApplication } from './flow/losses/loss-application.service.js';
import { LossPolicy } from './flow/losses/loss-policy.service.js';
import { LossRetention } from './flow/sweeper/loss-retention.service.js';
import { MissingConnections } from './flow/losses/missing-connections.service.js';
import { RemoteConnections } from './flow/losses/remote-connections.service.js';
import { MissingUsers } from './flow/reconciliation/missing-user.service.js';
import { OrphanUsers } from './flow/reconciliation/orphan-users.service.js';
import { ReconciliationLoop } from './flow/reconciliation/reconciliation-loop.service.js';
import { ReconciliationService } from './flow/reconciliation/reconciliation.service.js';
import { ReconciliationWork } from './flow/reconciliation/reconciliation-work.service.js';
import { UserComparison } from './flow/reconciliation/user-comparison.service.js';
import { UserReconciliation } from './flow/reconciliation/user-reconciliation.service.js';
import { PowensUserLock } from './flow/tokens/powens-user-lock.service.js';
import { ImportedTokenService } from './flow/token-import/imported-token.service.js';
import { ProvisioningService } from './flow/connect/provisioning.service.js';
import { TokenAudit } from './flow/tokens/token-audit.service.js';
import { TokenImportService } from './flow/token-import/token-import.service.js';
import { TokenRenewal } from './flow/tokens/token-renewal.service.js';
import { TokenService } from './flow/tokens/token.service.js';
import { AdmissionService } from './flow/quarantine/admission.service.js';
import { UnconfirmedRemoval } from './flow/quarantine/unconfirmed-removal.service.js';
import { ConfirmationService } from './flow/quarantine/confirmation.service.js';
import { QuarantineService } from './flow/quarantine/quarantine.service.js';
import { DueNotices } from './flow/sweeper/due-notices.service.js';
import { ExpiryNoticeService } from './flow/sweeper/expiry-notice.service.js';
import { SilenceNoticeService } from './flow/sweeper/silence-notice.service.js';
import { NoticeService } from './flow/sweeper/notice.service.js';
import { WebhookRegistrationService } from './flow/setup/webhook-registration.service.js';
import { WebviewService } from './flow/connect/webview.service.js';
import { BrowserBindingCookie } from './http/browser-binding.cookie.js';
import { PublicRoutes } from './options/resolve/public-routes.js';
import { DeadLetterRepository } from './outbox/dead-letter.repository.js';
import { DeadLettersService } from './outbox/dead-letters.service.js';
import { EmitterEventPublisher } from './outbox/emitter-event-publisher.js';
import { EventPublisher } from './outbox/event-publisher.interface.js';
import { PowensUsers } from './flow/losses/powens-users.service.js';
import { DeletionWebhooks } from './flow/webhooks/deletion-webhooks.service.js';
import { InboxProcessor } from './flow/webhooks/inbox-processor.service.js';
import { NoticeWebhooks } from './flow/webhooks/notice-webhooks.service.js';
import { UnknownConnections } from './flow/webhooks/unknown-connections.service.js';
import { SyncWebhooks } from './flow/webhooks/sync-webhooks.service.js';
import { WebhookProcessing } from './flow/webhooks/webhook-processing.service.js';
import { WebhookPayloads } from './flow/bank-data/webhook-payloads.service.js';
import { WebhookReceiver } from './flow/webhooks/webhook-receiver.service.js';
import { WebhookSubjects } from './flow/webhooks/webhook-subject.service.js';
import { WebhookVerification } from './flow/webhooks/webhook-verification.service.js';
import { InboxRepository } from './webhooks/inbox.repository.js';
import { WebhookClock } from './webhooks/authentication/webhook-clock.service.js';
import { WebhookAuthenticator } from './webhooks/authentication/webhook-authenticator.service.js';
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
  PowensUserLeaseRepository,
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
  WebhookAuthenticator,
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
  ReturnToResolver,
  PowensUserLock,
  TokenAudit,
  TokenRenewal,
  TokenService,
  ProvisioningService,
  ImportedTokenService,
  TokenImportService,
  WebviewService,
  ConnectionChangesService,
  QuarantineService,
  UnconfirmedRemoval,
  AdmissionService,
  ConfirmationService,
  RepairStartService,
  ConnectFlowService,
  SyncService,
  PowensUsers,
  PowensRemoval,
  RemovalService,
  OwnerMessages,
  ErasureIntent,
  ErasureService,
  ConnectionLifecycleService,
  InterruptedChanges,
  NoticeService,
  ExpiryNoticeService,
  SilenceNoticeService,
  DueNotices,
  LifecycleSweeper,
  ReconciliationSchedule,
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
