/**
 * The provider that a Powens user belongs to: at another API, or for another client application, the same number is another
 * user.
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
 * Derives the binding from the options.
 *
 * @param apiUrl - normalised, without a trailing slash
 */
export function providerBindingOf(apiUrl: string, clientId: string): ProviderBinding {
  return { apiOrigin: apiUrl.replace(VERSION, '').replace(/\/+$/, ''), clientId };
}

/** Whether two bindings identify the same client application at the same API. */
export function isSameProvider(one: ProviderBinding, other: ProviderBinding): boolean {
  return one.apiOrigin === other.apiOrigin && one.clientId === other.clientId;
}

/** Prints a binding for messages: neither part is a secret. */
export function providerText({ apiOrigin, clientId }: ProviderBinding): string {
  return `client ${clientId} at ${apiOrigin}`;
}
