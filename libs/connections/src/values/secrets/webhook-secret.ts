import { Secret } from './secret.js';

/**
 * The `secret_key` of an authentication provider: the key that signs webhooks.
 *
 * @public
 */
export class WebhookSecret extends Secret {
  /**
   * Wraps a secret received from Powens.
   *
   * @internal
   */
  static of(value: string): WebhookSecret {
    return new WebhookSecret(value);
  }
}
