import { ConfigurationError } from '../../errors/index.js';
import { ClientSecret, type ClientApplication } from '../../values/secrets/client-application.js';
import { clientApplication } from './client-application.js';
import { group } from '../schema/group.js';
import type { Option, OptionSet } from '../schema/option.js';
import { unknownOptions } from '../schema/unknown-options.js';
import { optionalUrl, type UrlPolicy } from '../schema/urls.js';
import type { TenantSettings } from './tenants-options.interface.js';

/**
 * The client of a tenant at Powens: parts that are null are those of the application.
 *
 * @internal
 */
export interface TenantClient {
  readonly application: ClientApplication | null;
  readonly redirectUri: string | null;
}

/**
 * Reads what a resolver gave for a tenant, but for its keys, which `custody/` reads.
 *
 * @throws ConfigurationError that names the setting and never repeats its value
 * @internal
 */
export type ReadTenantClient = (given: object) => TenantClient;

/**
 * Makes a {@link ReadTenantClient}.
 *
 * @internal
 */
export function tenantClientReader(policy: UrlPolicy): ReadTenantClient {
  const settings = settingsOf(policy);
  const read = group(settings);
  return (given) => {
    const [unknown] = unknownOptions(settings, given);
    if (unknown !== undefined) {
      throw new ConfigurationError(unknown.option, unknown.problem);
    }
    const { powens, redirectUri } = read.read(given, '');
    return { application: powens, redirectUri };
  };
}

/** The return type is inferred: what the settings are read to. */
function settingsOf(policy: UrlPolicy) {
  return {
    keys: { read: () => null },
    powens: application,
    redirectUri: nullable(optionalUrl(policy)),
  } satisfies OptionSet & Record<keyof TenantSettings, unknown>;
}

const credentials = group(clientApplication);

const application: Option<ClientApplication | null> = {
  below: () => clientApplication,
  read: (given, path) => {
    if (given === undefined || given === null) {
      return null;
    }
    const { clientId, clientSecret } = credentials.read(given, path);
    return { clientId, clientSecret: ClientSecret.of(clientSecret) };
  },
};

/** Null is what a database gives for "none". */
function nullable<T>(option: Option<T>): Option<T> {
  return { ...option, read: (given, path) => option.read(given ?? undefined, path) };
}
