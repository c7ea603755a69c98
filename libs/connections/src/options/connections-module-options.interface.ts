import type {
  LifecycleOptions,
  LossesOptions,
  OutboxOptions,
} from './background/background-options.interface.js';
import type { CallbackOptions } from './browser/callback-options.interface.js';
import type { CrossSiteOptions } from './browser/cross-site-options.interface.js';
import type { ReturnToOptions } from './browser/return-to-options.interface.js';
import type { LinksOptions } from './browser/links-options.interface.js';
import type { DatabaseOptions } from './database-options.interface.js';
import type { EventsOptions } from './background/events-options.interface.js';
import type { KeyProvider } from './key-provider.interface.js';
import type { LimitOptions } from './limit-options.interface.js';
import type { OwnerResolver } from './owner-resolver.interface.js';
import type { PowensOptions } from './powens-options.interface.js';
import type { WebhooksOptions } from './background/webhooks-options.interface.js';
import type { ReconciliationOptions } from './background/reconciliation-options.interface.js';
import type { LogsOptions } from './registration/logs-options.interface.js';
import type { TenantsOptions } from './registration/tenants-options.interface.js';
import type { AuditHook } from './audit.interface.js';
import type { AuditTrailOptions } from './background/audit-trail-options.interface.js';

/**
 * How a user's access token is obtained: see `docs/architecture.md`.
 *
 * @public
 */
export type Provisioning = 'webview-first' | 'server-first';

/**
 * How unconfirmed connections are treated.
 *
 * @public
 */
export type UnconfirmedConnections = 'quarantine' | 'keep' | 'delete';

/**
 * What the host sets. Everything is checked at boot; an error names the option and the repair.
 *
 * @public
 */
export interface ConnectionsModuleOptions {
  /** The client application at Powens. */
  powens: PowensOptions;

  /**
   * The application's own public origin, as browsers see it, with a base path if a proxy adds one:
   * `https://app.example.com`. Never taken from a request header.
   */
  publicUrl: string;

  /**
   * The redirect URI, whole, as white-listed at Powens: without query. Set it when a proxy rewrites paths.
   *
   * @defaultValue `publicUrl` + global prefix + version + `routes.path` + `/callback`
   */
  redirectUri?: string;

  /**
   * The encryption keys: `id:base64,id:base64`, or a list of `id:base64`. 32 bytes each; the first one seals, all open.
   * There is no plaintext mode: boot fails without them, unless a {@link ConnectionsModuleOptions.keyProvider} provides
   * them. Not both.
   */
  keys?: string | readonly string[];

  /**
   * Provides the encryption keys in place of {@link ConnectionsModuleOptions.keys}: called once, at boot. For key services
   * (KMS) that unwrap the ring; see `docs/key-management.md`.
   */
  keyProvider?: KeyProvider;

  /**
   * Milliseconds that {@link ConnectionsModuleOptions.keyProvider} may take before boot fails.
   *
   * @defaultValue 10000
   */
  keyProviderTimeoutMs?: number;

  /**
   * What tenants have of their own: encryption keys, a client application at Powens, a redirect URI.
   *
   * @defaultValue none: keys, client application and redirect URI are those of the application for all tenants
   */
  tenants?: TenantsOptions;

  /**
   * Resolves the owner of a request. Required unless `routes` is `false`: boot fails without it.
   *
   * @see OwnerResolver
   */
  owner?: OwnerResolver | OwnerResolver['resolveOwner'];

  /**
   * How the first access token of an owner is obtained.
   *
   * @defaultValue `'webview-first'`
   */
  provisioning?: Provisioning;

  /**
   * Language of the webview when the start names none: `en`, `fr`, `de`, `nl`, `pt`, `it` or `es`.
   *
   * @defaultValue `'en'`
   */
  lang?: string;

  /** Where browsers are redirected after the callback. */
  returnTo?: ReturnToOptions;

  /** How the callback answers. */
  callback?: CallbackOptions;

  /** Pages of share links. */
  links?: LinksOptions;
  /** Requests that pages of other origins make a browser send. */
  crossSite?: CrossSiteOptions;

  /**
   * Minutes an attempt may take, from start to callback: 5 to 60. Powens' own codes are valid for 30.
   *
   * @defaultValue 35
   */
  attemptLifetimeMinutes?: number;

  /** Limits of one owner and of one browser. */
  limits?: LimitOptions;

  /** Where events go, beside the handlers of this process: a broker, another service. */
  events?: EventsOptions;

  /** The outbox and its relay. */
  outbox?: OutboxOptions;

  /** What happens to Powens users and connections over the years. */
  lifecycle?: LifecycleOptions;

  /** Webhooks of Powens; without them data is only as fresh as the last comparison. */
  webhooks?: WebhooksOptions;

  /** The regular comparison with Powens. */
  reconciliation?: ReconciliationOptions;

  /** What happens when Powens no longer finds a connection, a user or a token. */
  losses?: LossesOptions;

  /**
   * How a connection is treated that was found at Powens and that no callback of the starting browser has confirmed.
   * The cause may be a closed tab, or a person who opened another user's link (see `docs/threat-model.md`).
   *
   * - `quarantine`: not listed, its accounts left out, reported by `connection.unconfirmed`, removed at Powens after
   *   `lifecycle.unconfirmedRemovalHours` unless it is confirmed
   * - `keep`: attributed to the owner at once. Another person's bank may end up with the sender of a forwarded link
   * - `delete`: removed at Powens as soon as it is found. A user who closes the tab too early must start again
   *
   * @defaultValue `'quarantine'`
   */
  unconfirmedConnections?: UnconfirmedConnections;

  /**
   * Called after each use of an owner's access token and each change of an owner's data, with actor, operation and
   * outcome. Not awaited; an error that it throws is logged.
   *
   * @defaultValue nothing is recorded
   * @see AuditEntry
   */
  audit?: AuditHook;

  /** The audit trail in the database, which can be verified. Off unless it is enabled. */
  auditTrail?: AuditTrailOptions;

  /**
   * The log lines: from which level on, as sentences or as objects, and where they go.
   *
   * @defaultValue sentences from level `log` on, to Nest's logger
   */
  logs?: LogsOptions;

  /**
   * Asks Powens at boot whether the redirect URI is registered with the client application, and refuses to boot when it
   * is not. When Powens does not answer that, a warning is logged and the application boots.
   *
   * @defaultValue false
   */
  preflight?: boolean;

  /**
   * Uses named prepared statements on PostgreSQL. Switch it off behind a pooler that cannot keep them
   * (PgBouncer before 1.21 in transaction mode) and on PGlite.
   *
   * @defaultValue true
   */
  preparedStatements?: boolean;

  /** How long the library waits for the database. */
  database?: DatabaseOptions;

  /**
   * Allows `http:` URLs of the loopback host for `publicUrl`, `powens.apiUrl` and `powens.webviewUrl`. For development
   * and tests; refused when `NODE_ENV` is `production`.
   *
   * @deprecated Marked so that it stands out: never set it in production.
   * @defaultValue false
   */
  insecureLoopback?: boolean;
}

/**
 * A class that creates the options, for `forRootAsync({ useClass })` and `useExisting`.
 *
 * @public
 */
export interface ConnectionsOptionsFactory {
  create(): ConnectionsModuleOptions | Promise<ConnectionsModuleOptions>;
}
