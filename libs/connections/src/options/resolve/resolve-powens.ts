import { ConfigurationError } from '../../errors/index.js';
import { providerBindingOf, type ProviderBinding } from '../../values/provider-binding.js';
import type { CircuitBreakerOptions, PowensOptions } from '../powens-options.interface.js';
import type { HttpDispatcher } from '../http-dispatcher.interface.js';
import { clientApplication, MISSING } from '../registration/client-application.js';
import { group, groupTo } from '../schema/group.js';
import type { Option, OptionSet, ValuesOf } from '../schema/option.js';
import { flag, hasMethod, own, requiredText, whole } from '../schema/values.js';
import type { ResolvedPowens } from './resolved-options.js';
import { optionalUrl, requiredUrl, type UrlPolicy } from '../schema/urls.js';

const DOMAIN = /^[a-z\d]+(-[a-z\d]+)*$/;
const SUFFIX = '.biapi.pro';
const MAX_ORIGIN_LENGTH = 512;

/** Milliseconds that a call to Powens may take when the host sets no limit. */
export const DEFAULT_TOTAL_TIMEOUT_MS = 15_000;

/** Makes the option `powens`: the client application. */
export function powensOption(policy: UrlPolicy): Option<ResolvedPowens> {
  return groupTo(optionsOf(policy), resolved);
}

/** The return type is inferred: what the options are read to. */
function optionsOf(policy: UrlPolicy) {
  return {
    domain,
    ...clientApplication,
    apiUrl: optionalUrl(policy),
    providerOrigin: optionalUrl(policy),
    webviewUrl: requiredUrl(policy, 'https://webview.powens.com'),
    connectTimeoutMs: whole(1, 120_000, 3000),
    totalTimeoutMs: whole(1, 120_000, DEFAULT_TOTAL_TIMEOUT_MS),
    maxSockets: whole(1, 10_000, 50),
    sendRedirectUri: flag(false),
    usersToken,
    dispatcher: own<HttpDispatcher>(
      hasMethod('dispatch'),
      'must be a Dispatcher of undici 7 or 8, as ProxyAgent.',
    ),
    circuitBreaker,
  } satisfies OptionSet & Record<keyof PowensOptions, unknown>;
}

const breakerSettings = group({
  failurePercent: whole(1, 99, 50),
  minCalls: whole(1, 1_000_000, 20),
  windowSeconds: whole(1, 3600, 30),
  openSeconds: whole(1, 3600, 5),
  maxOpenSeconds: whole(1, 3600, 60),
} satisfies Record<keyof CircuitBreakerOptions, Option<number>>);

const circuitBreaker: Option<ResolvedPowens['circuitBreaker']> = {
  ...breakerSettings,
  read: (given, path) => (given === false ? null : breakerSettings.read(given, path)),
};

const domainText = requiredText(MISSING);

const domain: Option<string> = {
  read: (given, path) => {
    const text = domainText.read(given, path);
    const name = text.endsWith(SUFFIX) ? text.slice(0, -SUFFIX.length) : text;
    if (!DOMAIN.test(name)) {
      throw new ConfigurationError(path, `must be a short name as "acme-sandbox", or end in "${SUFFIX}".`);
    }
    return `${name}${SUFFIX}`;
  },
};

/** Characters that a header can carry. An empty value is an unset environment variable. */
const usersToken: Option<string | null> = {
  fallback: null,
  read: (given, path) => {
    if (given === undefined || given === '') {
      return null;
    }
    if (typeof given !== 'string' || !/^[\x21-\x7e]{1,4096}$/.test(given)) {
      throw new ConfigurationError(path, 'has white space or other odd characters in it.');
    }
    return given;
  },
};

function resolved({ providerOrigin, ...powens }: ValuesOf<ReturnType<typeof optionsOf>>): ResolvedPowens {
  const apiUrl = powens.apiUrl ?? `https://${powens.domain}/2.0`;
  return { ...powens, apiUrl, provider: bindingOf(providerOrigin, apiUrl, powens.clientId) };
}

/** Stored in the row of every Powens user. */
function bindingOf(named: string | null, apiUrl: string, clientId: string): ProviderBinding {
  const origin = named ?? apiUrl;
  if (origin.length > MAX_ORIGIN_LENGTH) {
    const option = named === null ? 'powens.apiUrl' : 'powens.providerOrigin';
    throw new ConfigurationError(option, `must have at most ${MAX_ORIGIN_LENGTH} characters.`);
  }
  return providerBindingOf(origin, clientId);
}
