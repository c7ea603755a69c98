import { createHmac } from 'node:crypto';

/** What Powens would send along with a body. */
export interface WebhookSigning {
  readonly secret: string;
  /** Path of the URL that is registered, without query. */
  readonly path: string;
  /** As in the header, UTC. */
  readonly date: string;
  readonly body: string;
}

/**
 * Signs as Powens does: for a delivery that this application sends to itself, to see whether one could arrive.
 *
 * @see https://docs.powens.com/documentation/integration-guides/webhooks
 */
export function signWebhook({ secret, path, date, body }: WebhookSigning): string {
  return createHmac('sha256', secret).update(`POST.${path}.${date}.${body}`, 'utf8').digest('base64');
}
