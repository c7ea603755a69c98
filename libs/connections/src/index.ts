// The public API: everything else is internal, even if a deep path reaches it.

export { ConnectionsModule } from './connections.module.js';
export {
  getConnectionsToken,
  InjectConnections,
  type ConnectionsServiceClass,
} from './connections.tokens.js';
export type {
  BearerWebhookAuth,
  ConnectionsModuleExtras,
  ConnectionsModuleOptions,
  ConnectionsOptionsFactory,
  ConnectionsRequest,
  CallbackAnswer,
  CallbackOptions,
  CallbackResult,
  CrossSiteOptions,
  DatabaseOptions,
  EventPublisher,
  EventsOptions,
  HmacWebhookAuth,
  HttpDispatchController,
  CircuitBreakerOptions,
  HttpDispatcher,
  HttpDispatchHandler,
  HttpDispatchOptions,
  KeyProvider,
  LifecycleOptions,
  LandingHook,
  LimitOptions,
  LinksOptions,
  LogFields,
  LogsLevel,
  LogsOptions,
  LossesOptions,
  OAuthWebhookAuth,
  OutboxOptions,
  Owner,
  OwnerLike,
  OwnerResolver,
  PowensOptions,
  Provisioning,
  ReconciliationOptions,
  ReturnToOptions,
  ReturnToTarget,
  TenantSettings,
  TenantsOptions,
  RoutesOptions,
  AuditHook,
  AuditEntry,
  AuditTrailOptions,
  UnconfirmedConnections,
  WebhooksOptions,
} from './options/index.js';

export {
  ConnectionsService,
  type Attempt,
  type Connection,
  type ConnectionPage,
  type UnconfirmedConnection,
} from './flow/connections.service.js';
export { ShareLinksService } from './flow/links/share-links.service.js';
export type { OpenLinkOptions, ShareLink, ShareLinkRequest } from './flow/links/share-link.types.js';
export { HostRoutesService } from './http/host-routes/host-routes.service.js';
export type {
  CallbackRequest,
  CompletedAttempt,
  PassedCallback,
  WebhookRequest,
  WebhookTokenRequest,
} from './http/host-routes/host-routes.types.js';
export type { HtmlPage } from './http/pages/result.page.js';
export { ConnectionsExceptionFilter } from './http/answers/connections-exception.filter.js';
export type { WebhookToken } from './webhooks/authentication/oauth-token.js';
export type {
  Completion,
  CompletionRequest,
  ManageRequest,
  ReconnectRequest,
  StartedAttempt,
  StartRequest,
} from './flow/connect/connect-flow.types.js';
export { PowensService } from './flow/bank-data/powens.service.js';
export { OwnerPowensClient } from './flow/bank-data/owner-powens-client.js';
export { PowensPages, type PowensPage } from './flow/bank-data/pages.js';
export type {
  AccountsQuery,
  ConnectorsQuery,
  DocumentsQuery,
  HoldingsQuery,
  PageQuery,
  PeriodQuery,
  TransactionsQuery,
} from './flow/bank-data/list-queries.js';
export type { FileOptions, PowensAttachment, PowensFile } from './powens/files/file.types.js';
export type { PowensQuery } from './powens/bank/api-path.js';
export type {
  PowensAccount,
  PowensBalance,
  PowensDocument,
  PowensMovement,
  PowensTransaction,
} from './powens/bank/bank.types.js';
export type {
  PowensAccountType,
  PowensConnector,
  PowensCurrency,
} from './powens/catalogue/catalogue.types.js';
export type {
  PowensAmortization,
  PowensInvestment,
  PowensMarketOrder,
  PowensMoney,
  PowensPocket,
} from './powens/bank/wealth.types.js';
export type { PowensAccountOwnership, PowensIdentity } from './powens/holders/holders.types.js';
export type {
  TransactionChangesPage,
  TransactionChangesQuery,
} from './flow/bank-data/changes/transaction-changes.js';
export type { AccountUpdate, TransactionCategory, TransactionUpdate } from './flow/bank-data/updates.js';
export { ConnectionsReadiness, type ReadinessReport } from './flow/setup/connections-readiness.service.js';
export {
  enableGracefulShutdown,
  type GracefulShutdown,
  type GracefulShutdownOptions,
} from './http/shutdown/graceful-shutdown.js';
export type { AttemptStatus } from './attempts/attempt.js';
export { TokenImportService } from './flow/token-import/token-import.service.js';
export type {
  ImportEntry,
  ImportFailure,
  ImportOptions,
  ImportProgress,
  ImportReport,
} from './flow/token-import/token-import.types.js';
export { WebhookPayloads } from './flow/bank-data/webhook-payloads.service.js';
export { DeadLettersService, type DeadLetter, type DeadLetterPage } from './outbox/dead-letters.service.js';
export type {
  AuditFinding,
  AuditProblem,
  AuditReport,
  AuditVerifyOptions,
} from './custody/audit/audit-verification.js';
export { ConnectionsAdminService } from './flow/administration/connections-admin.service.js';
export type {
  AttemptRecord,
  ConnectionRecord,
  FailedWebhook,
  FailedWebhookPage,
  PurgeOptions,
  PurgeReport,
  UserRecord,
  UserRecordPage,
  UserSearch,
} from './flow/administration/administration.types.js';
export { ReconciliationService } from './flow/reconciliation/reconciliation.service.js';
export type {
  OrphanReport,
  ReconcileAllOptions,
  ReconciliationOutcome,
  ReconciliationProgress,
  ReconciliationReport,
} from './flow/reconciliation/reconciliation.types.js';
export type { ReconciledLoss } from './flow/losses/reconciled-loss.js';
export { WebhookRegistrationService } from './flow/setup/webhook-registration.service.js';
export type { WebhookAuthProvider } from './flow/setup/create-provider.js';
export type { WebhookRegistration } from './webhooks/webhook-registrations.js';
export { WebhookSecret } from './values/secrets/webhook-secret.js';
export { KeyRotationService } from './custody/rotation/key-rotation.service.js';
export type {
  KeyCount,
  KeyVerification,
  RotateOptions,
  RotationProgress,
  RotationReport,
} from './custody/rotation/key-rotation.types.js';
export type { ConnectionMetadata } from './values/metadata.js';
export type { PageRequest } from './values/page.js';
export { AccessToken } from './values/secrets/access-token.js';
export { Secret } from './values/secrets/secret.js';

export {
  CONNECTION_EVENT_TYPES,
  OnConnectionEvent,
  type AttemptFailedData,
  type AttemptFailedEvent,
  type ConnectionActionRequiredData,
  type ConnectionCreatedData,
  type ConnectionCreatedEvent,
  type ConnectionDeletedData,
  type ConnectionEvent,
  type ConnectionEventHandlerDecorator,
  type ConnectionEventOf,
  type ConnectionEventType,
  type ConnectionExpiringData,
  type ConnectionReconnectedData,
  type ConnectionRecoveredData,
  type ConnectionSilentData,
  type ConnectionSyncedData,
  type ConnectionUnconfirmedData,
  type OnConnectionEventOptions,
  type RequiredAction,
  type UserDeletedData,
  type WebhookData,
} from './events/index.js';

export {
  CallbackRefusedError,
  ConfigurationError,
  CONNECTIONS_ERROR_CODES,
  ConnectionsError,
  CustodyError,
  EventPublisherError,
  PowensApiError,
  StorageError,
  WebhookError,
  type CallbackRefusal,
  type ConfigurationProblem,
  type ConnectionsErrorCode,
  type ConnectionsErrorOptions,
  type PowensFailure,
  type WebhookRefusal,
} from './errors/index.js';

export { POWENS_WEBHOOK_EVENTS, type PowensWebhookEvent } from './events/powens-webhook-events.js';

export { CONNECTIONS_ENTITIES, CONNECTIONS_MIGRATIONS } from './database/index.js';
