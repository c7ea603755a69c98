import { Secret } from './secret.js';

/**
 * A user-scoped access token of Powens, in the clear, in memory. Obtained through `withToken` only.
 *
 * @see https://docs.powens.com/api-reference/overview/authentication
 * @public
 */
export class AccessToken extends Secret {
  /**
   * Wraps a token received from Powens or opened from its envelope.
   *
   * @internal
   */
  static of(value: string): AccessToken {
    return new AccessToken(value);
  }
}
