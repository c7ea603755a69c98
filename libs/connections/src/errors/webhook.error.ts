import { ConnectionsError } from './connections.error.js';

/**
 * Why a webhook was refused. For logs only: the answer is uniform, or it would show a forger which check failed.
 *
 * @public
 */
export type WebhookRefusal = 'signature_headers' | 'signature' | 'bearer' | 'client';

/**
 * A webhook that is refused.
 *
 * @public
 */
export class WebhookError extends ConnectionsError {
  constructor(
    code:
      | 'webhook_refused'
      | 'webhook_timeout'
      | 'webhook_too_large'
      | 'webhook_encoding_refused'
      | 'webhook_unreadable',
    message: string,
    readonly reason: WebhookRefusal | null = null,
  ) {
    super(code, message);
  }

  /** The webhook does not prove that Powens sent it. */
  static refused(reason: WebhookRefusal): WebhookError {
    return new WebhookError(
      'webhook_refused',
      'The webhook does not prove that Powens sent it. Check the secret, the registered path and the clock.',
      reason,
    );
  }
}
