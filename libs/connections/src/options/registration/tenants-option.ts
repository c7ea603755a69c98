import { ConfigurationError } from '../../errors/index.js';
import { group } from '../schema/group.js';
import type { Option, OptionSet, ValuesOf } from '../schema/option.js';
import { whole } from '../schema/values.js';
import type { UrlPolicy } from '../schema/urls.js';
import { tenantClientReader, type ReadTenantClient } from './tenant-settings.js';
import type { TenantsOptions } from './tenants-options.interface.js';

const resolver: Option<TenantsOptions['resolve']> = {
  read: (given, path) => {
    if (typeof given !== 'function') {
      throw new ConfigurationError(path, 'must be a function that loads the settings of a tenant.');
    }
    return given as TenantsOptions['resolve'];
  },
};

const OPTIONS = {
  resolve: resolver,
  cache: group({
    max: whole(1, 100_000, 1000),
    ttlSeconds: whole(0, 3600, 60),
  } satisfies OptionSet & Record<keyof NonNullable<TenantsOptions['cache']>, unknown>),
  timeoutMs: whole(1, 60_000, 5000),
} satisfies OptionSet & Record<keyof TenantsOptions, unknown>;

/**
 * The tenants as the rest of the library sees them.
 *
 * @internal
 */
export type ResolvedTenants = ValuesOf<typeof OPTIONS> & {
  /** Reads an answer of `resolve`. */
  readonly readClient: ReadTenantClient;
};

const tenants = group(OPTIONS);

/**
 * Option `tenants`: null when the host has none.
 *
 * @internal
 */
export function tenantsOption(policy: UrlPolicy): Option<ResolvedTenants | null> {
  return {
    ...tenants,
    fallback: null,
    read: (given, path) =>
      given === undefined ? null : { ...tenants.read(given, path), readClient: tenantClientReader(policy) },
  };
}
