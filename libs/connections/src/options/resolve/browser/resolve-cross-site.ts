import { ConfigurationError } from '../../../errors/index.js';
import type { CrossSiteOptions } from '../../browser/cross-site-options.interface.js';
import { group } from '../../schema/group.js';
import type { Option } from '../../schema/option.js';
import { checkedUrl, type UrlPolicy } from '../../schema/urls.js';
import { ownPage } from './own-page.js';

/** The requests of other origins, with every default. */
export interface ResolvedCrossSite {
  /** A path of the own origin; null for the page of the library. */
  readonly confirmPage: string | null;
  readonly trustedOrigins: readonly string[];
}

/** Makes the option `crossSite`. */
export function crossSiteOption(policy: UrlPolicy): Option<ResolvedCrossSite> {
  return group({
    confirmPage: ownPage,
    trustedOrigins: trustedOriginsOption(policy),
  } satisfies Record<keyof CrossSiteOptions, unknown>);
}

function trustedOriginsOption(policy: UrlPolicy): Option<readonly string[]> {
  return {
    fallback: [],
    read: (given = [], path) => {
      if (!Array.isArray(given)) {
        throw new ConfigurationError(path, 'must be a list of origins.');
      }
      return given.map((origin: unknown) => originOf(origin, path, policy));
    },
  };
}

/** Normalised, as browsers send it. */
function originOf(given: unknown, path: string, policy: UrlPolicy): string {
  const url = checkedUrl(path, typeof given === 'string' ? given : '', policy);
  if (new URL(url).origin !== url) {
    throw new ConfigurationError(
      path,
      'must hold origins, as "https://app.example.com": without path and query.',
    );
  }
  return url;
}
