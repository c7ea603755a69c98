/**
 * The provider that a Powens user belongs to: its number means another person at another API, and is another user to
 * another client application.
 *
 * @internal
 */
export interface ProviderBinding {
  /**
   * Scheme, host, port and base path of the API, without the version: `https://acme.biapi.pro`. A change of the version
   * is the same provider, a change of anything else is another one.
   */
  readonly apiOrigin: string;
  readonly clientId: string;
}

/** The `/2.0` at the end of an API URL. */
const VERSION = /\/\d+\.\d+$/;

/**
 * Reads the binding off the options.
 *
 * @param apiUrl - normalised, without a trailing slash
 */
export function providerBindingOf(apiUrl: string, clientId: string): ProviderBinding {
  return { apiOrigin: apiUrl.replace(VERSION, '').replace(/\/+$/, ''), clientId };
}

/** Whether two bindings name one client application at one API. */
export function isSameProvider(one: ProviderBinding, other: ProviderBinding): boolean {
  return one.apiOrigin === other.apiOrigin && one.clientId === other.clientId;
}

/** Prints a binding for messages: neither part is a secret. */
export function providerText({ apiOrigin, clientId }: ProviderBinding): string {
  return `client ${clientId} at ${apiOrigin}`;
}
