import { Logger } from '@nestjs/common';
import { POWENS_WEBHOOK_EVENTS, type PowensWebhookEvent } from 'nestjs-powens-connections';
import type { PowensSandbox, WebhookEventName } from 'powens-sandbox';

/** Path below which this host receives webhooks; the sandbox signs it, too. */
export const WEBHOOKS_PATH = '/connections/webhooks';

/** Events that no sandbox sends. */
const NOT_SENT: readonly PowensWebhookEvent[] = [
  'USER_SYNCED',
  'TRANSACTIONS_CLUSTERED',
  'PAYMENT_STATE_UPDATED',
];

/**
 * Registers this host with its embedded sandbox, as an operator does in the console of Powens: one URL per event, since
 * bodies carry no name. Pending webhooks of an earlier run are sent at once.
 */
export function pushWebhooks(sandbox: PowensSandbox, port: number, secret: string): void {
  for (const event of POWENS_WEBHOOK_EVENTS) {
    if (isSent(event)) {
      const url = `http://127.0.0.1:${port}${WEBHOOKS_PATH}/${event.toLowerCase().replaceAll('_', '-')}`;
      sandbox.webhooks.register({ event, url, auth: { type: 'hmac_signature', secret } });
    }
  }
  // Not awaited: pending webhooks of the provider must not delay the start of the host.
  sandbox.webhooks.flush().catch((error: unknown) => {
    new Logger('Host').warn(
      `Waiting webhooks were not sent: ${error instanceof Error ? error.message : 'unknown'}`,
    );
  });
}

function isSent(event: PowensWebhookEvent): event is PowensWebhookEvent & WebhookEventName {
  return !NOT_SENT.includes(event);
}
