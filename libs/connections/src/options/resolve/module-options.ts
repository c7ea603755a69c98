import { ConfigurationError } from '../../errors/index.js';
import type { ConnectionsModuleOptions } from '../connections-module-options.interface.js';
import type { OwnerResolver } from '../owner-resolver.interface.js';
import type { AuditHook } from '../audit.interface.js';
import { logsOption } from '../registration/logs-option.js';
import { tenantsOption } from '../registration/tenants-option.js';
import type { Option } from '../schema/option.js';
import { developmentFlag, flag, own, whole, word } from '../schema/values.js';
import { callbackOption } from './browser/resolve-callback.js';
import { crossSiteOption } from './browser/resolve-cross-site.js';
import { links } from './browser/resolve-links.js';
import { auditTrail, events, lifecycleOption, outbox, reconciliation } from './resolve-background.js';
import { keyOptions } from './resolve-keys.js';
import { database, limits, losses } from './resolve-limits.js';
import { DEFAULT_TOTAL_TIMEOUT_MS, powensOption } from './resolve-powens.js';
import { returnToOption } from './browser/resolve-return-to.js';
import { webhooksOption } from './webhooks/resolve-webhooks.js';
import type { ResolvedOptions } from './resolved-options.js';
import { optionalUrl, requiredUrl } from '../schema/urls.js';

/** What the checks need beside the options. */
export interface OptionsContext {
  /** Whether the library's routes are on. */
  readonly routes: boolean;
  /** Whether `NODE_ENV` is `production`. */
  readonly production: boolean;
  /** Checks the keys of option `keys`. */
  readonly checkRing?: (keys: readonly string[]) => void;
}

/** Options that are read to something of another name. */
type Converted = Readonly<
  Record<'attemptLifetimeMinutes', Option<number>> & Record<'insecureLoopback', Option<boolean>>
>;

/** The options of the module by name. */
export type ModuleOptions = Converted & {
  readonly [N in Exclude<keyof ConnectionsModuleOptions, keyof Converted>]-?: Option<ResolvedOptions[N]>;
};

/**
 * Makes the options of the module.
 *
 * @param given - by the host: some options depend on others
 */
export function optionsOf(given: Partial<ConnectionsModuleOptions>, context: OptionsContext): ModuleOptions {
  const policy = { insecureLoopback: given.insecureLoopback === true };
  return {
    powens: powensOption(policy),
    publicUrl: requiredUrl(policy),
    redirectUri: optionalUrl(policy),
    ...keyOptions(given, context.checkRing),
    tenants: tenantsOption(policy),
    owner: ownerOption(context.routes),
    provisioning: word(['webview-first', 'server-first'], 'webview-first'),
    lang: word(['en', 'fr', 'de', 'nl', 'pt', 'it', 'es'], 'en'),
    returnTo: returnToOption(given, policy),
    crossSite: crossSiteOption(policy),
    callback: callbackOption(context.production),
    links,
    attemptLifetimeMinutes: whole(5, 60, 35),
    limits,
    events,
    outbox,
    lifecycle: lifecycleOption(given.powens?.totalTimeoutMs ?? DEFAULT_TOTAL_TIMEOUT_MS),
    webhooks: webhooksOption(given.webhooks),
    reconciliation,
    losses,
    unconfirmedConnections: word(['quarantine', 'keep', 'delete'], 'quarantine'),
    audit: own<AuditHook>(isFunction, 'must be a function that takes an AuditEntry.'),
    logs: logsOption,
    auditTrail,
    preflight: flag(false),
    preparedStatements: flag(true),
    database,
    insecureLoopback: developmentFlag(context.production),
  };
}

/** Boot fails when routes are enabled without an owner resolver (O4). */
function ownerOption(routes: boolean): Option<OwnerResolver | null> {
  const resolver = own<OwnerResolver | OwnerResolver['resolveOwner']>(
    (given) => isFunction(given) || isFunction((given as Partial<OwnerResolver>).resolveOwner),
    'must be a function or an object with resolveOwner(request).',
  );
  return {
    read: (given, path) => {
      if (given === undefined && routes) {
        throw new ConfigurationError(
          path,
          'is missing. Give a resolver that names the signed-in owner of a request, or set routes: false.',
        );
      }
      const owner = resolver.read(given, path);
      return typeof owner === 'function' ? { resolveOwner: owner } : owner;
    },
  };
}

function isFunction(given: unknown): boolean {
  return typeof given === 'function';
}
