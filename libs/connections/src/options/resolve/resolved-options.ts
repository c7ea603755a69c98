import type {
  LifecycleOptions,
  LossesOptions,
  OutboxOptions,
} from '../background/background-options.interface.js';
import type { DatabaseOptions } from '../database-options.interface.js';
import type { EventPublisher, EventsOptions } from '../background/events-options.interface.js';
import type { KeyProvider } from '../key-provider.interface.js';
import type { LimitOptions } from '../limit-options.interface.js';
import type { OwnerResolver } from '../owner-resolver.interface.js';
import type { Provisioning, UnconfirmedConnections } from '../connections-module-options.interface.js';
import type { CircuitBreakerOptions, PowensOptions } from '../powens-options.interface.js';
import type { HttpDispatcher } from '../http-dispatcher.interface.js';
import type { AuditHook } from '../audit.interface.js';
import type { AuditTrailOptions } from '../background/audit-trail-options.interface.js';
import type { ProviderBinding } from '../../values/provider-binding.js';
import type { ResolvedCallback } from './browser/resolve-callback.js';
import type { ReturnToTarget } from '../browser/return-to-options.interface.js';
import type { ResolvedCrossSite } from './browser/resolve-cross-site.js';
import type { ResolvedLinks } from './browser/resolve-links.js';
import type { ResolvedLogs } from '../registration/logs-option.js';
import type { ResolvedTenants } from '../registration/tenants-option.js';
import type { ResolvedWebhooks } from './webhooks/resolved-webhooks.js';
import type { ReconciliationOptions } from '../background/reconciliation-options.interface.js';

/**
 * The client application as the rest of the library sees it.
 *
 * @internal
 */
export interface ResolvedPowens extends Readonly<
  Required<Omit<PowensOptions, 'usersToken' | 'providerOrigin' | 'dispatcher' | 'circuitBreaker'>>
> {
  readonly usersToken: string | null;
  /** Of the host, or null for connections of this library. */
  readonly dispatcher: HttpDispatcher | null;
  /** Null when it is switched off. */
  readonly circuitBreaker: Readonly<Required<CircuitBreakerOptions>> | null;
  /** What every Powens user's row is bound to: API origin and client id. */
  readonly provider: ProviderBinding;
}

/**
 * The options as the rest of the library sees them: complete, checked, normalised. Nothing else reads defaults.
 *
 * @internal
 */
export interface ResolvedOptions {
  readonly instance: string;
  readonly powens: ResolvedPowens;
  /** Origin and base path, without a trailing slash. */
  readonly publicUrl: string;
  /** Set only when the host gave a complete URL. */
  readonly redirectUri: string | null;
  /** Exactly one of `keys` and `keyProvider` is set. */
  readonly keys: readonly string[] | null;
  readonly keyProvider: KeyProvider | null;
  readonly keyProviderTimeoutMs: number;
  /** Null when the host has none. */
  readonly tenants: ResolvedTenants | null;
  readonly owner: OwnerResolver | null;
  readonly provisioning: Provisioning;
  readonly lang: string;
  readonly returnTo: {
    readonly default: string | null;
    readonly targets: Readonly<Record<string, Readonly<Required<ReturnToTarget>>>>;
  };
  readonly crossSite: ResolvedCrossSite;
  readonly callback: ResolvedCallback;
  readonly links: ResolvedLinks;
  readonly attemptLifetimeSeconds: number;
  readonly limits: Readonly<Required<LimitOptions>>;
  readonly events: Readonly<Required<Omit<EventsOptions, 'publisher'>>> & {
    readonly publisher: EventPublisher | null;
  };
  readonly outbox: Readonly<Required<OutboxOptions>>;
  readonly lifecycle: Readonly<Required<LifecycleOptions>>;
  readonly webhooks: ResolvedWebhooks | null;
  readonly reconciliation: Readonly<Required<ReconciliationOptions>>;
  readonly losses: Readonly<Required<LossesOptions>>;
  readonly unconfirmedConnections: UnconfirmedConnections;
  readonly audit: AuditHook | null;
  readonly logs: ResolvedLogs;
  readonly auditTrail: Readonly<Required<AuditTrailOptions>>;
  readonly preflight: boolean;
  readonly preparedStatements: boolean;
  readonly database: Readonly<Required<DatabaseOptions>>;
}
