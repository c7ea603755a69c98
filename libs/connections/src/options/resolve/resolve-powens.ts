import { ConfigurationError } from '../../errors/index.js';
import { providerBindingOf } from '../../values/provider-binding.js';
import { checkedUrl, type UrlPolicy } from './checked-url.js';
import { withDefaults } from './option-checks.js';
import type { HttpDispatcher, PowensOptions } from '../powens-options.interface.js';
import type { ResolvedPowens } from './resolved-options.js';

const DOMAIN = /^[a-z\d]+(-[a-z\d]+)*$/;
const SUFFIX = '.biapi.pro';
const MAX_ORIGIN_LENGTH = 512;
const DEFAULTS = {
  webviewUrl: 'https://webview.powens.com',
  connectTimeoutMs: 3000,
  totalTimeoutMs: 15_000,
  maxSockets: 50,
  sendRedirectUri: false,
};

/**
 * Checks the client application's options.
 *
 * @throws ConfigurationError naming the option
 */
export function resolvePowens(
  provided: Partial<PowensOptions> | undefined,
  policy: UrlPolicy,
): ResolvedPowens {
  const powens = withDefaults(DEFAULTS, provided);
  const domain = domainHost(required('powens.domain', powens.domain));
  const apiUrl = checkedUrl('powens.apiUrl', powens.apiUrl ?? `https://${domain}/2.0`, policy);
  const id = clientId(powens.clientId);
  return {
    domain,
    clientId: id,
    provider: providerBindingOf(providerOrigin(powens.providerOrigin, apiUrl, policy), id),
    clientSecret: clientSecret(powens.clientSecret),
    apiUrl,
    webviewUrl: checkedUrl('powens.webviewUrl', powens.webviewUrl, policy),
    connectTimeoutMs: milliseconds('powens.connectTimeoutMs', powens.connectTimeoutMs),
    totalTimeoutMs: milliseconds('powens.totalTimeoutMs', powens.totalTimeoutMs),
    maxSockets: positive('powens.maxSockets', powens.maxSockets),
    sendRedirectUri: powens.sendRedirectUri,
    usersToken: usersToken(powens.usersToken),
    dispatcher: dispatcher(powens.dispatcher),
  };
}

function clientId(value: string | undefined): string {
  const id = required('powens.clientId', value);
  if (!/^\d{1,64}$/.test(id)) {
    throw new ConfigurationError('powens.clientId', 'must be the digits shown in the Powens console.');
  }
  return id;
}

/** Stored in the row of every Powens user. */
function providerOrigin(named: string | undefined, apiUrl: string, policy: UrlPolicy): string {
  const option = named === undefined ? 'powens.apiUrl' : 'powens.providerOrigin';
  const origin = named === undefined ? apiUrl : checkedUrl(option, named, policy);
  if (origin.length > MAX_ORIGIN_LENGTH) {
    throw new ConfigurationError(option, `must have at most ${MAX_ORIGIN_LENGTH} characters.`);
  }
  return origin;
}

function domainHost(domain: string): string {
  const name = domain.endsWith(SUFFIX) ? domain.slice(0, -SUFFIX.length) : domain;
  if (!DOMAIN.test(name)) {
    throw new ConfigurationError(
      'powens.domain',
      `must be a short name as "acme-sandbox", or end in "${SUFFIX}".`,
    );
  }
  return `${name}${SUFFIX}`;
}

/** A pasted newline is the usual reason for a secret that "does not work". */
function clientSecret(value: string | undefined): string {
  const secret = required('powens.clientSecret', value);
  if (secret.trim() !== secret) {
    throw new ConfigurationError('powens.clientSecret', 'has white space around it. Remove it.');
  }
  return secret;
}

/** Characters that a header can carry. An empty value is an unset environment variable. */
function usersToken(value: string | undefined): string | null {
  if (value === undefined || value === '') {
    return null;
  }
  if (!/^[\x21-\x7e]{1,4096}$/.test(value)) {
    throw new ConfigurationError('powens.usersToken', 'has white space or other odd characters in it.');
  }
  return value;
}

function dispatcher(value: HttpDispatcher | undefined): HttpDispatcher | null {
  if (value !== undefined && typeof value.dispatch !== 'function') {
    throw new ConfigurationError(
      'powens.dispatcher',
      'must be a Dispatcher of undici 7 or 8, as ProxyAgent.',
    );
  }
  return value ?? null;
}

function required(option: string, value: string | undefined): string {
  if (typeof value !== 'string' || value === '') {
    throw new ConfigurationError(option, 'is missing. Copy it from the Powens console.');
  }
  return value;
}

function milliseconds(option: string, value: number): number {
  if (!Number.isInteger(value) || value < 1 || value > 120_000) {
    throw new ConfigurationError(option, 'must be a whole number of milliseconds from 1 to 120000.');
  }
  return value;
}

function positive(option: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) {
    throw new ConfigurationError(option, 'must be a whole number above 0.');
  }
  return value;
}
