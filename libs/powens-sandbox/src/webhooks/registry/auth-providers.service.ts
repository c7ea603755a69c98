import { Injectable } from '@nestjs/common';
import type { Fields } from '../../http/fields.js';
import { SandboxApiError, invalidValue, notFound } from '../../http/sandbox-api.error.js';
import { SANDBOX_CHOICES } from '../../sandbox.choices.js';
import { SandboxStore } from '../../store/sandbox.store.js';
import type { WebhookAuth, WebhookProviderRecord } from '../../store/webhook.records.js';
import { newWebhookSecret, readOauth } from './webhook-auth.js';

/**
 * Named ways to authenticate webhooks.
 *
 * @see protocol notes, section 7.1 and 12.7
 */
@Injectable()
export class AuthProviders {
  constructor(private readonly store: SandboxStore) {}

  /** Every provider, oldest first. */
  all(): WebhookProviderRecord[] {
    return [...this.store.webhooks.providers.all()];
  }

  /** Makes a provider; the secret of a new one is made here. */
  create(fields: Fields): WebhookProviderRecord {
    const auth = readProviderAuth(fields);
    const name = this.freeName(fields.required('name'));
    return this.store.webhooks.providers.put({ id: this.store.nextId('webhookProvider'), name, auth });
  }

  /** Renames a provider. */
  rename(id: string, fields: Fields): WebhookProviderRecord {
    const provider = this.find(id);
    const asked = fields.text('name');
    const name = asked === undefined || asked === provider.name ? provider.name : this.freeName(asked);
    return this.store.webhooks.providers.put({ ...provider, name });
  }

  /** Takes a provider away. */
  remove(id: string): WebhookProviderRecord {
    const provider = this.find(id);
    this.store.webhooks.providers.remove(provider.id);
    return provider;
  }

  /** The provider of that id or name. */
  find(named: string): WebhookProviderRecord {
    const found = this.all().find((one) => String(one.id) === named || one.name === named);
    if (found === undefined) {
      throw notFound();
    }
    return found;
  }

  /** Not taken. A long name with dashes makes the real API fail, without saying why; spaces and short dashes do not. */
  private freeName(name: string): string {
    const { maxLength, status, code, description } = SANDBOX_CHOICES.webhookProviderName;
    if (name.length > maxLength && name.includes('-')) {
      throw new SandboxApiError(status, code, description);
    }
    if (this.all().some((one) => one.name === name)) {
      throw invalidValue('name', 'it is taken');
    }
    return name;
  }
}

function readProviderAuth(fields: Fields): WebhookAuth {
  const type = fields.required('type');
  switch (type) {
    case 'hmac_signature':
      return { type, secret: newWebhookSecret() };
    case 'bearer':
      return { type };
    case 'oauth':
      return readOauth(fields.inside('config'));
    default:
      throw invalidValue('type', 'it is one of hmac_signature, oauth, bearer');
  }
}
