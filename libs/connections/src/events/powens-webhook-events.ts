/**
 * The events that Powens is known to send, by its own names.
 *
 * @see https://docs.powens.com/documentation/integration-guides/webhooks
 * @public
 */
export const POWENS_WEBHOOK_EVENTS = [
  'USER_CREATED',
  'USER_DELETED',
  'USER_SYNCED',
  'CONNECTION_SYNCED',
  'CONNECTION_DELETED',
  'ACCOUNTS_FETCHED',
  'ACCOUNT_FOUND',
  'ACCOUNT_SYNCED',
  'ACCOUNT_CATEGORIZED',
  'ACCOUNT_ENABLED',
  'ACCOUNT_DISABLED',
  'ACCOUNT_OWNERSHIPS_FOUND',
  'TRANSACTION_ATTACHMENTS_FOUND',
  'TRANSACTIONS_CLUSTERED',
  'SUBSCRIPTION_FOUND',
  'SUBSCRIPTION_SYNCED',
  'PAYMENT_STATE_UPDATED',
] as const;

/**
 * An event of Powens.
 *
 * @public
 */
export type PowensWebhookEvent = (typeof POWENS_WEBHOOK_EVENTS)[number];

const SEGMENT = /^[a-z]{1,32}(?:-[a-z]{1,32}){0,7}$/;

/**
 * Returns the event of a path: bodies carry no event name, so each event has a path of its own.
 *
 * @param segment - last segment of the path, as `connection-synced`
 * @returns the name; `unknown` for one that a later Powens may send; null for a segment that cannot name an event
 */
export function eventOfPath(segment: string): PowensWebhookEvent | 'unknown' | null {
  if (!SEGMENT.test(segment)) {
    return null;
  }
  const name = segment.replaceAll('-', '_').toUpperCase();
  return POWENS_WEBHOOK_EVENTS.find((event) => event === name) ?? 'unknown';
}

/** Last segment of the path that an event is sent to. */
export function pathOfEvent(event: PowensWebhookEvent): string {
  return event.toLowerCase().replaceAll('_', '-');
}
