import {
  pathOfEvent,
  POWENS_WEBHOOK_EVENTS,
  type PowensWebhookEvent,
} from '../events/powens-webhook-events.js';

/**
 * A webhook to register in the Powens console: one URL per event, since no body carries the name of its event.
 *
 * @public
 */
export interface WebhookRegistration {
  /** Powens' own name, as `CONNECTION_SYNCED`. */
  readonly event: PowensWebhookEvent;
  readonly url: string;
  /** Whether this version processes the event. Others are only stored. */
  readonly used: boolean;
}

/** Events that become events here; see `docs/operations.md`. */
const USED: readonly PowensWebhookEvent[] = [
  'CONNECTION_SYNCED',
  'CONNECTION_DELETED',
  'USER_DELETED',
  'USER_CREATED',
  'ACCOUNTS_FETCHED',
  'ACCOUNT_FOUND',
  'ACCOUNT_SYNCED',
  'ACCOUNT_ENABLED',
  'ACCOUNT_DISABLED',
  'ACCOUNT_OWNERSHIPS_FOUND',
  'TRANSACTION_ATTACHMENTS_FOUND',
  'SUBSCRIPTION_FOUND',
  'SUBSCRIPTION_SYNCED',
];

/**
 * Lists every known event with its URL, processed events first.
 *
 * @param baseUrl - URL below which webhooks arrive, without a trailing slash
 */
export function registrationsAt(baseUrl: string): readonly WebhookRegistration[] {
  const others = POWENS_WEBHOOK_EVENTS.filter((event) => !USED.includes(event));
  return [...USED, ...others].map((event) => ({
    event,
    url: `${baseUrl}/${pathOfEvent(event)}`,
    used: USED.includes(event),
  }));
}
