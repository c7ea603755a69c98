import { powensDateTime, powensDateTimeOrNull } from '../http/powens-date-time.js';
import type {
  WebhookDeliveryRecord,
  WebhookProviderRecord,
  WebhookRegistrationRecord,
} from '../store/webhook.records.js';
import { WEBHOOK_EVENTS } from '../store/webhook-event.js';
import {
  anything,
  dateTime,
  docs,
  integer,
  orNull,
  resource,
  text,
  unsimulated,
  write,
} from './table/field.js';
import type { WireOf } from './table/field.js';

const GUIDE = 'https://docs.powens.com/documentation/integration-guides/webhooks';

/** One URL that wants one event. */
export const WEBHOOK = resource(
  'Webhook',
  { source: GUIDE, confidence: 'C' },
  {
    id: integer,
    created: dateTime,
    updated: dateTime,
    deleted: orNull(dateTime),
    id_service: unsimulated(orNull(integer)),
    id_user: unsimulated(orNull(integer)),
    id_event: integer,
    event: text,
    id_auth: orNull(integer),
    url: text,
    add_to_data: unsimulated(orNull(anything)),
  },
);

/** A named way to authenticate webhooks. */
export const AUTH_PROVIDER = resource(
  'WebhookAuthProvider',
  { source: GUIDE, confidence: 'A' },
  { id: integer, type: text, name: text },
  { config: anything },
);

/** A delivery, as a row of the provider's log. */
export const WEBHOOK_LOG = resource(
  'WebhookLog',
  { source: GUIDE, confidence: 'C' },
  {
    id: integer,
    id_webhook_data: integer,
    id_service: unsimulated(orNull(integer)),
    id_user: orNull(integer),
    timestamp: orNull(dateTime),
    response_date: orNull(dateTime),
    response_code: orNull(integer),
    next_try: orNull(dateTime),
  },
);

/** An event that can be registered. */
export const WEBHOOK_EVENT = resource(
  'WebhookEvent',
  { source: docs('overview/webhooks'), confidence: 'C' },
  { id: integer, name: text },
);

/** A registration as the provider writes it. */
export function webhookToWire(registration: WebhookRegistrationRecord): WireOf<(typeof WEBHOOK)['fields']> {
  return write(WEBHOOK, {
    id: registration.id,
    created: powensDateTime(registration.createdAt),
    updated: powensDateTime(registration.updatedAt),
    deleted: powensDateTimeOrNull(registration.deletedAt),
    id_event: WEBHOOK_EVENTS[registration.event],
    event: registration.event,
    id_auth: registration.idProvider,
    url: registration.url,
  });
}

/** An auth provider as the provider lists it: without what is secret. */
export function providerToWire({
  id,
  name,
  auth,
}: WebhookProviderRecord): WireOf<(typeof AUTH_PROVIDER)['fields']> {
  return write(AUTH_PROVIDER, { id, type: auth.type, name });
}

/** The same right after its creation: the only time its secret is shown. */
export function newProviderToWire(provider: WebhookProviderRecord): Record<string, unknown> {
  const { auth } = provider;
  const shown = auth.type === 'hmac_signature' ? { config: { secret_key: auth.secret } } : {};
  return { ...providerToWire(provider), ...shown };
}

/** A delivery as a row of the provider's log. */
export function logToWire(delivery: WebhookDeliveryRecord): WireOf<(typeof WEBHOOK_LOG)['fields']> {
  const last = delivery.attempts.at(-1);
  const at = last === undefined ? null : Date.parse(last.at);
  const answeredAt = at === null || last?.status === null ? null : at + (last?.ms ?? 0);
  return write(WEBHOOK_LOG, {
    id: delivery.id,
    id_webhook_data: delivery.idWebhookData,
    id_user: delivery.idUser,
    timestamp: powensDateTimeOrNull(at),
    response_date: powensDateTimeOrNull(answeredAt),
    response_code: last?.status ?? null,
    next_try: powensDateTimeOrNull(delivery.nextTry === null ? null : Date.parse(delivery.nextTry)),
  });
}
