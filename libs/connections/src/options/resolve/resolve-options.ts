import { ConfigurationError } from '../../errors/index.js';
import type { LifecycleOptions, OutboxOptions } from '../background-options.interface.js';
import type { DatabaseOptions } from '../database-options.interface.js';
import type { ConnectionsModuleOptions } from '../connections-module-options.interface.js';
import type { OwnerResolver } from '../owner-resolver.interface.js';
import type { ResolvedOptions } from './resolved-options.js';
import { ownPath } from '../../values/return-to.js';
import { inRange, oneOf, withDefaults } from './option-checks.js';
import { checkedUrl, type UrlPolicy } from './checked-url.js';
import { resolveKeys } from './resolve-keys.js';
import { resolveLimits, resolveLosses } from './resolve-limits.js';
import { resolvePowens } from './resolve-powens.js';
import { resolveReconciliation, resolveWebhooks } from './resolve-webhooks.js';

const INSTANCE = /^[A-Za-z0-9_-]{1,64}$/;
const LANGUAGES = ['en', 'fr', 'de', 'nl', 'pt', 'it', 'es'];
const OUTBOX_DEFAULTS: Required<OutboxOptions> = {
  relay: true,
  pollIntervalMs: 1000,
  batchSize: 100,
  leaseSeconds: 10,
  handlerTimeoutMs: 30_000,
  maxTries: 20,
};

const LIFECYCLE_DEFAULTS: Required<LifecycleOptions> = {
  sweeper: true,
  sweepIntervalMs: 10_000,
  leaseSeconds: 60,
  expiringDaysAhead: 14,
  silentDays: 3,
  unconfirmedGraceSeconds: 60,
  unconfirmedRemovalHours: 72,
  recoveryHours: 24,
};

/** The static part of the registration, and facts of the process. */
export interface ResolveContext {
  /** Whether the library's routes are on. */
  readonly routes: boolean;
  /** Whether `NODE_ENV` is `production`. */
  readonly production: boolean;
  /** A switch that makes the process unsafe, in words; see `unsafeSwitch`. */
  readonly unsafe?: string | null;
}

/**
 * Resolves the host's options into the library's: every default applied, every value checked, once.
 *
 * @throws ConfigurationError naming the first option that cannot be used
 * @see OA-30
 */
export function resolveOptions(options: ConnectionsModuleOptions, context: ResolveContext): ResolvedOptions {
  refuseUnsafeProcess(context);
  const policy = urlPolicy(options, context);
  const instance = options.instance ?? 'default';
  if (!INSTANCE.test(instance)) {
    throw new ConfigurationError('instance', 'must be 1 to 64 letters, digits, "_" or "-".');
  }
  const powens = resolvePowens(options.powens, policy);
  return {
    instance,
    powens,
    publicUrl: checkedUrl('publicUrl', options.publicUrl, policy),
    redirectUri:
      options.redirectUri === undefined ? null : checkedUrl('redirectUri', options.redirectUri, policy),
    ...resolveKeys(options),
    owner: resolveOwner(options.owner, context.routes),
    provisioning: oneOf('provisioning', options.provisioning ?? 'webview-first', [
      'webview-first',
      'server-first',
    ]),
    lang: oneOf('lang', options.lang ?? 'en', LANGUAGES),
    returnTo: resolveReturnTo(options, policy),
    attemptLifetimeSeconds:
      inRange('attemptLifetimeMinutes', options.attemptLifetimeMinutes ?? 35, 5, 60) * 60,
    limits: resolveLimits(options.limits),
    outbox: resolveOutbox(options.outbox ?? {}),
    lifecycle: resolveLifecycle(options.lifecycle ?? {}, powens.totalTimeoutMs),
    webhooks: resolveWebhooks(options.webhooks),
    reconciliation: resolveReconciliation(options.reconciliation),
    losses: resolveLosses(options.losses),
    unconfirmedConnections: resolveUnconfirmed(options.unconfirmedConnections),
    audit: resolveAudit(options.audit),
    preflight: options.preflight === true,
    preparedStatements: options.preparedStatements ?? true,
    database: resolveDatabase(options.database),
  };
}

/** Not checked in development: self-signed certificates are common there (N31). */
function refuseUnsafeProcess({ production, unsafe = null }: ResolveContext): void {
  if (production && unsafe !== null) {
    throw new ConfigurationError('process', `must not be unsafe when NODE_ENV is production: ${unsafe}`);
  }
}

function urlPolicy(options: ConnectionsModuleOptions, context: ResolveContext): UrlPolicy {
  if (context.production && options.insecureLoopback === true) {
    throw new ConfigurationError('insecureLoopback', 'must not be set when NODE_ENV is production.');
  }
  return { insecureLoopback: options.insecureLoopback === true };
}

/** Boot fails when routes are enabled without an owner resolver (O4). */
function resolveOwner(owner: ConnectionsModuleOptions['owner'], routes: boolean): OwnerResolver | null {
  if (owner === undefined) {
    if (routes) {
      throw new ConfigurationError(
        'owner',
        'is missing. Give a resolver that names the signed-in owner of a request, or set routes: false.',
      );
    }
    return null;
  }
  if (typeof owner === 'function') {
    return { resolveOwner: owner };
  }
  if (typeof owner.resolveOwner !== 'function') {
    throw new ConfigurationError('owner', 'must be a function or an object with resolveOwner(request).');
  }
  return owner;
}

function resolveUnconfirmed(
  policy: ConnectionsModuleOptions['unconfirmedConnections'] = 'quarantine',
): ResolvedOptions['unconfirmedConnections'] {
  return oneOf('unconfirmedConnections', policy, ['quarantine', 'keep', 'delete']);
}

function resolveAudit(audit: ConnectionsModuleOptions['audit']): ResolvedOptions['audit'] {
  if (audit !== undefined && typeof audit !== 'function') {
    throw new ConfigurationError('audit', 'must be a function that takes a AuditEntry.');
  }
  return audit ?? null;
}

function resolveReturnTo(options: ConnectionsModuleOptions, policy: UrlPolicy): ResolvedOptions['returnTo'] {
  const targets = resolveTargets(options.returnTo?.targets ?? {}, policy);
  const landing = options.returnTo?.default ?? null;
  const { origin } = new URL(checkedUrl('publicUrl', options.publicUrl, policy));
  if (landing !== null && !Object.hasOwn(targets, landing) && ownPath(landing, origin) === null) {
    throw new ConfigurationError(
      'returnTo.default',
      'must be a path of the own origin or the name of a target.',
    );
  }
  return { default: landing, targets };
}

function resolveTargets(
  targets: Readonly<Record<string, string>>,
  policy: UrlPolicy,
): Record<string, string> {
  const resolved: Record<string, string> = {};
  for (const [name, url] of Object.entries(targets)) {
    if (!INSTANCE.test(name)) {
      throw new ConfigurationError(
        'returnTo.targets',
        'has a name that is not 1 to 64 letters, digits, "_" or "-".',
      );
    }
    resolved[name] = checkedUrl(`returnTo.targets.${name}`, url, policy, { query: true });
  }
  return resolved;
}

function resolveDatabase(options: DatabaseOptions = {}): Required<DatabaseOptions> {
  return {
    acquireTimeoutMs: inRange('database.acquireTimeoutMs', options.acquireTimeoutMs ?? 5000, 100, 60_000),
    statementTimeoutMs: inRange(
      'database.statementTimeoutMs',
      options.statementTimeoutMs ?? 15_000,
      1000,
      600_000,
    ),
  };
}

function resolveOutbox(options: OutboxOptions): Required<OutboxOptions> {
  const outbox = withDefaults(OUTBOX_DEFAULTS, options);
  inRange('outbox.pollIntervalMs', outbox.pollIntervalMs, 10, 60_000);
  inRange('outbox.batchSize', outbox.batchSize, 1, 1000);
  inRange('outbox.leaseSeconds', outbox.leaseSeconds, 1, 3600);
  inRange('outbox.handlerTimeoutMs', outbox.handlerTimeoutMs, 10, 3_600_000);
  inRange('outbox.maxTries', outbox.maxTries, 1, 1000);
  return outbox;
}

function resolveLifecycle(options: LifecycleOptions, totalTimeoutMs: number): Required<LifecycleOptions> {
  const lifecycle = withDefaults(LIFECYCLE_DEFAULTS, options);
  inRange('lifecycle.sweepIntervalMs', lifecycle.sweepIntervalMs, 10, 3_600_000);
  inRange('lifecycle.leaseSeconds', lifecycle.leaseSeconds, 1, 3600);
  if (lifecycle.leaseSeconds * 1000 < totalTimeoutMs) {
    // Two concurrent renewals would each revoke the token of the other.
    throw new ConfigurationError('lifecycle.leaseSeconds', 'must not be shorter than powens.totalTimeoutMs.');
  }
  inRange('lifecycle.expiringDaysAhead', lifecycle.expiringDaysAhead, 0, 90);
  inRange('lifecycle.silentDays', lifecycle.silentDays, 0, 365);
  inRange('lifecycle.unconfirmedGraceSeconds', lifecycle.unconfirmedGraceSeconds, 0, 3600);
  inRange('lifecycle.recoveryHours', lifecycle.recoveryHours, 0, 24 * 6);
  inRange('lifecycle.unconfirmedRemovalHours', lifecycle.unconfirmedRemovalHours, 0, 24 * 90);
  return lifecycle;
}
