import { powensDateTime, powensDateTimeOrNull } from '../http/powens-date-time.js';
import type {
  WebhookDeliveryRecord,
  WebhookProviderRecord,
  WebhookRegistrationRecord,
} from '../store/webhook.records.js';
import { WEBHOOK_EVENTS } from '../store/webhook-event.js';

/** A registration as the provider writes it. */
export function webhookToWire(one: WebhookRegistrationRecord): Record<string, unknown> {
  return {
    id: one.id,
    created: powensDateTime(one.createdAt),
    updated: powensDateTime(one.updatedAt),
    deleted: powensDateTimeOrNull(one.deletedAt),
    id_service: null,
    id_user: null,
    id_event: WEBHOOK_EVENTS[one.event],
    event: one.event,
    id_auth: one.idProvider,
    url: one.url,
    add_to_data: null,
  };
}

/** An auth provider as the provider lists it: without what is secret. */
export function providerToWire({ id, name, auth }: WebhookProviderRecord): Record<string, unknown> {
  return { id, type: auth.type, name };
}

/** The same when it has just been made: the only time its secret is shown. */
export function newProviderToWire(provider: WebhookProviderRecord): Record<string, unknown> {
  const { auth } = provider;
  const shown = auth.type === 'hmac_signature' ? { config: { secret_key: auth.secret } } : {};
  return { ...providerToWire(provider), ...shown };
}

/** A delivery as a row of the provider's log. */
export function logToWire(one: WebhookDeliveryRecord): Record<string, unknown> {
  const last = one.attempts.at(-1);
  const at = last === undefined ? null : Date.parse(last.at);
  return {
    id: one.id,
    id_webhook_data: one.idWebhookData,
    id_service: null,
    id_user: one.idUser,
    timestamp: powensDateTimeOrNull(at),
    response_date: powensDateTimeOrNull(at === null || last?.status === null ? null : at + (last?.ms ?? 0)),
    response_code: last?.status ?? null,
    next_try: powensDateTimeOrNull(one.nextTry === null ? null : Date.parse(one.nextTry)),
  };
}
