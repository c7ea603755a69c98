import { ConfigurationError } from '../../errors/index.js';
import type { Option } from './option.js';

/** Which URLs the options may hold. */
export interface UrlPolicy {
  /** Whether `http:` is allowed for the loopback host. */
  readonly insecureLoopback: boolean;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Makes an option that is an absolute URL, as `checkedUrl`. */
export function requiredUrl(policy: UrlPolicy, fallback?: string): Option<string> {
  return {
    ...(fallback === undefined ? {} : { fallback }),
    read: (given = fallback, path) => checkedUrl(path, given as string | undefined, policy),
  };
}

/** Makes an option that is an absolute URL, or null when it is absent. */
export function optionalUrl(policy: UrlPolicy): Option<string | null> {
  return {
    fallback: null,
    read: (given, path) => (given === undefined ? null : checkedUrl(path, given as string, policy)),
  };
}

/**
 * Checks an absolute URL of the options and returns it normalised, without a trailing slash.
 *
 * @throws ConfigurationError that names the option and never repeats the value
 * @see OA-15, OA-18
 */
export function checkedUrl(
  option: string,
  value: string | undefined,
  policy: UrlPolicy,
  allow: { query: boolean } = { query: false },
): string {
  const url = parsed(option, value);
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new ConfigurationError(option, 'must not hold credentials or a fragment.');
  }
  if (url.search !== '' && !allow.query) {
    throw new ConfigurationError(option, 'must not have a query: Powens refuses redirect URIs that do.');
  }
  if (!isSafe(url, policy)) {
    throw new ConfigurationError(
      option,
      'must start with https://. For development on the loopback host set insecureLoopback: true.',
    );
  }
  return url.search === '' ? url.href.replace(/\/+$/, '') : url.href;
}

function isSafe(url: URL, policy: UrlPolicy): boolean {
  const loopback = url.protocol === 'http:' && LOOPBACK.test(url.hostname);
  return url.protocol === 'https:' || (loopback && policy.insecureLoopback);
}

function parsed(option: string, value: string | undefined): URL {
  if (value === undefined || value === '') {
    throw new ConfigurationError(option, 'is missing. Set an absolute URL.');
  }
  if (!URL.canParse(value)) {
    throw new ConfigurationError(option, 'is not an absolute URL.');
  }
  return new URL(value);
}
