import { randomBytes } from 'node:crypto';
import { Fields } from '../../http/fields.js';
import { invalidValue } from '../../http/sandbox-api.error.js';
import type { WebhookAuth } from '../../store/webhook.records.js';
import { checkedTarget } from './webhook-target.js';

/** Reads how a webhook is authenticated; nothing means not at all. */
export function readAuth(sent: unknown): WebhookAuth {
  if (sent === undefined || sent === null) {
    return { type: 'none' };
  }
  const fields = new Fields(sent);
  const type = fields.required('type');
  switch (type) {
    case 'none':
    case 'bearer':
      return { type };
    case 'hmac_signature':
      return { type, secret: fields.text('secret') ?? fields.required('secret_key') };
    case 'oauth':
      return readOauth(fields);
    default:
      throw invalidValue('auth', 'its type is one of hmac_signature, bearer, oauth, none');
  }
}

/** Client credentials, in the spelling of the provider or in that of JavaScript. */
export function readOauth(fields: Fields): WebhookAuth {
  return {
    type: 'oauth',
    url: checkedTarget('url', fields.required('url')),
    clientId: fields.text('clientId') ?? fields.required('client_id'),
    clientSecret: fields.text('clientSecret') ?? fields.required('client_secret'),
    scope: fields.text('scope') ?? null,
  };
}

/** A secret as the provider makes it: shown once, and used as the text it is. */
export function newWebhookSecret(): string {
  return `wh_${randomBytes(24).toString('base64url')}`;
}
