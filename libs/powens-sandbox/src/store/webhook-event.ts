/**
 * The events that can be registered, with the provider's numbers where they are known; ours continue from 101.
 *
 * @see protocol notes, section 7.1 and 7.2
 */
export const WEBHOOK_EVENTS = {
  ACCOUNTS_FETCHED: 1,
  ACCOUNT_SYNCED: 2,
  USER_CREATED: 3,
  USER_DELETED: 4,
  ACCOUNT_DISABLED: 5,
  ACCOUNT_ENABLED: 6,
  ACCOUNT_FOUND: 7,
  CONNECTION_SYNCED: 8,
  CONNECTION_DELETED: 9,
  SUBSCRIPTION_FOUND: 10,
  SUBSCRIPTION_SYNCED: 11,
  PAYMENT_STATE_UPDATED: 12,
  TRANSACTIONS_CLUSTERED: 13,
  ACCOUNT_CATEGORIZED: 101,
  ACCOUNT_OWNERSHIPS_FOUND: 102,
  TRANSACTION_ATTACHMENTS_FOUND: 103,
  CONNECTION_CERTIFICATE_AVAILABLE: 104,
  USER_SYNCED: 105,
} as const;

/** The name of an event. */
export type WebhookEventName = keyof typeof WEBHOOK_EVENTS;

/** All of them. */
export function webhookEventNames(): WebhookEventName[] {
  return Object.keys(WEBHOOK_EVENTS) as WebhookEventName[];
}
