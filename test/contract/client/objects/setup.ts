import {
  anything,
  dateTime,
  either,
  id,
  integer,
  listOf,
  mapOf,
  nullable,
  object,
  optional,
  text,
  word,
} from '../shape.js';
import { list } from './lists.js';

/** `api-setup/client-applications`: ClientApp. `redirect_uris` is a text there, and a list in the field. */
export const CLIENT = object('ClientApp', {
  id,
  name: text,
  secret: nullable(text),
  public_key: nullable(text),
  private_key: nullable(text),
  redirect_uris: either(text, listOf(text)),
  id_logo: nullable(integer),
  config: text,
  primary_color: optional(nullable(text)),
});

export const CLIENTS = list('clients', CLIENT);

/** `api-setup/configuration`: a key-value object. */
export const CONFIG = mapOf(anything);

/** Guide "Response signature". */
export const SIGN_KEY = object('SignKey', { id, public_key: text, deprecated: nullable(dateTime) });
export const SIGN_KEYS = list('signkeys', SIGN_KEY);

/** Guide "End-to-end encryption": a JWK. */
export const PUBLIC_KEY = object('Jwk', {
  kty: word('RSA'),
  kid: text,
  use: text,
  alg: word('RSA-OAEP-256'),
  n: text,
  e: text,
});

/** The description of 2021: Webhook; `event` is what `POST /webhooks` takes. */
export const WEBHOOK = object('Webhook', {
  id,
  created: dateTime,
  updated: dateTime,
  deleted: nullable(dateTime),
  id_service: nullable(id),
  id_user: nullable(id),
  id_event: id,
  id_auth: nullable(id),
  url: text,
  add_to_data: nullable(anything),
  event: optional(text),
});

export const WEBHOOKS = list('webhooks', WEBHOOK);

/** The description of 2021: WebhookLog. */
export const WEBHOOK_LOGS = list(
  'webhooklogs',
  object('WebhookLog', {
    id,
    id_webhook_data: id,
    id_service: nullable(id),
    id_user: nullable(id),
    timestamp: nullable(dateTime),
    response_date: nullable(dateTime),
    response_code: nullable(integer),
    next_try: nullable(dateTime),
  }),
);

export const WEBHOOK_EVENTS = list('webhooks_events', object('WebhookEvent', { id, name: text }));

/** Guide "Webhooks": the secret is shown once. */
export const AUTH_PROVIDER = object('AuthProvider', {
  id,
  type: word('hmac_signature', 'oauth'),
  name: text,
  config: optional(object('HmacConfig', { secret_key: text })),
});

export const AUTH_PROVIDERS = list('authproviders', AUTH_PROVIDER);

/** "standard HTTP response" of the description of 2021. */
export const NOTHING = object('Nothing', {});

/** `overview/errors`: these four keys. */
export const ERROR = object('Error', {
  code: text,
  description: text,
  message: nullable(text),
  request_id: nullable(either(text, integer)),
});
