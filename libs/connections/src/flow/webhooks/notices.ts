import type { WebhookData, WebhookEventType } from '../../events/index.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import type { PowensWebhookEvent } from '../../events/powens-webhook-events.js';
import type { Scalar, Scalars } from '../../webhooks/body/webhook-summary.js';

/** Event types of the webhooks that change no row here: published with ids and types, never with their bank data. */
export const NOTICES: Partial<Record<PowensWebhookEvent, WebhookEventType>> = {
  USER_CREATED: 'user.created',
  ACCOUNTS_FETCHED: 'accounts.fetched',
  ACCOUNT_FOUND: 'account.found',
  ACCOUNT_ENABLED: 'account.enabled',
  ACCOUNT_DISABLED: 'account.disabled',
  ACCOUNT_SYNCED: 'account.synced',
  ACCOUNT_OWNERSHIPS_FOUND: 'account.ownerships_found',
  TRANSACTION_ATTACHMENTS_FOUND: 'transaction.attachments_found',
  SUBSCRIPTION_FOUND: 'subscription.found',
  SUBSCRIPTION_SYNCED: 'subscription.synced',
};

/** The data of the event that a webhook is published as. */
export function noticeOf({ event, summary, hasBody, position }: InboxMessage): WebhookData {
  const isOne = /^(?:ACCOUNT|SUBSCRIPTION|TRANSACTION)_/.test(event);
  const { id, id_transaction: transaction, type, disabled }: Scalars = isOne ? (summary?.root ?? {}) : {};
  return {
    webhookId: hasBody ? position : null,
    powensObjectId: shortTextOf(id ?? transaction),
    isEnabled: disabled === undefined ? null : disabled === null || disabled === false,
    objectType: shortTextOf(type),
  };
}

function shortTextOf(value: Scalar | undefined): string | null {
  return typeof value === 'string' ? value.slice(0, 64) : null;
}
