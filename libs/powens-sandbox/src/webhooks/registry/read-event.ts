import type { Fields } from '../../http/fields.js';
import { invalidValue } from '../../http/sandbox-api.error.js';
import { WEBHOOK_EVENTS, webhookEventNames } from '../../store/webhook-event.js';
import type { WebhookEventName } from '../../store/webhook-event.js';

/** Reads the name of an event. */
export function readEvent(fields: Fields): WebhookEventName {
  const event = webhookEventNamed(fields.text('event') ?? fields.required('id_event'));
  if (event === undefined) {
    throw invalidValue('event', `it is one of ${webhookEventNames().join(', ')}`);
  }
  return event;
}

/** The event of that name, however it is written: `connection-synced` and `8` name `CONNECTION_SYNCED` too. */
function webhookEventNamed(name: string): WebhookEventName | undefined {
  const wanted = name.toUpperCase().replaceAll('-', '_');
  return webhookEventNames().find((one) => one === wanted || String(WEBHOOK_EVENTS[one]) === wanted);
}
