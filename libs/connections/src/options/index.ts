export type {
  LifecycleOptions,
  LossesOptions,
  OutboxOptions,
} from './background/background-options.interface.js';
export type {
  ConnectionsModuleOptions,
  ConnectionsOptionsFactory,
  Provisioning,
  UnconfirmedConnections,
} from './connections-module-options.interface.js';
export type {
  CallbackAnswer,
  CallbackOptions,
  CallbackResult,
  LandingHook,
} from './browser/callback-options.interface.js';
export type { ReturnToOptions, ReturnToTarget } from './browser/return-to-options.interface.js';
export type { CrossSiteOptions } from './browser/cross-site-options.interface.js';
export type { LinksOptions } from './browser/links-options.interface.js';
export type { DatabaseOptions } from './database-options.interface.js';
export type { EventPublisher, EventsOptions } from './background/events-options.interface.js';
export type { ConnectionsModuleExtras, RoutesOptions } from './connections-module-extras.interface.js';
export type { LimitOptions } from './limit-options.interface.js';
export type { KeyProvider } from './key-provider.interface.js';
export type { ConnectionsRequest, OwnerLike, OwnerResolver } from './owner-resolver.interface.js';
export type { CircuitBreakerOptions, PowensOptions } from './powens-options.interface.js';
export type {
  HttpDispatchController,
  HttpDispatcher,
  HttpDispatchHandler,
  HttpDispatchOptions,
} from './http-dispatcher.interface.js';
export type { LogFields, LogsLevel, LogsOptions } from './registration/logs-options.interface.js';
export type { TenantSettings, TenantsOptions } from './registration/tenants-options.interface.js';
export type { Owner } from '../values/owner.js';
export type { AuditHook, AuditEntry } from './audit.interface.js';
export type { AuditTrailOptions } from './background/audit-trail-options.interface.js';
export type {
  BearerWebhookAuth,
  HmacWebhookAuth,
  OAuthWebhookAuth,
  WebhooksOptions,
} from './background/webhooks-options.interface.js';
export type { ReconciliationOptions } from './background/reconciliation-options.interface.js';
