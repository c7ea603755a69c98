import { Secret } from './secret.js';

/**
 * The secret of a client application.
 *
 * @internal
 */
export class ClientSecret extends Secret {
  /** Wraps a secret that the host gave. */
  static of(value: string): ClientSecret {
    return new ClientSecret(value);
  }
}

/**
 * A client application at Powens: its id, and what proves it.
 *
 * @see https://docs.powens.com/api-reference/api-setup/client-applications
 * @internal
 */
export interface ClientApplication {
  readonly clientId: string;
  readonly clientSecret: ClientSecret;
}
