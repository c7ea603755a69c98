import { Injectable } from '@nestjs/common';
import type { Fields } from '../../http/fields.js';
import { invalidValue } from '../../http/sandbox-api.error.js';
import { SandboxStore } from '../../store/sandbox.store.js';
import type { WebhookAuth, WebhookRegistrationRecord } from '../../store/webhook.records.js';
import { DeliveryEngine } from './delivery-engine.service.js';
import type { WebhookEventName } from '../../store/webhook-event.js';
import { AuthProviders } from '../registry/auth-providers.service.js';
import { WebhookRegistry } from '../registry/webhook-registry.service.js';
import { checkedTarget } from '../registry/webhook-target.js';

/** Registers receivers, and keeps what is on its way to them in step. */
@Injectable()
export class WebhookRegistrations {
  constructor(
    private readonly store: SandboxStore,
    private readonly registry: WebhookRegistry,
    private readonly engine: DeliveryEngine,
    private readonly providers: AuthProviders,
  ) {}

  /** Every registration; those that are off only when asked for. */
  all(withDeleted: boolean): WebhookRegistrationRecord[] {
    return this.registry.all().filter((one) => withDeleted || one.deletedAt === null);
  }

  /** The registration of that id. */
  get(id: number): WebhookRegistrationRecord | undefined {
    return this.registry.get(id);
  }

  /** Registers; what an earlier registration of the same still waits for is attempted again. */
  register(event: WebhookEventName, url: string, auth: WebhookAuth): WebhookRegistrationRecord {
    return this.awake({ event, url: checkedTarget('url', url), auth, idProvider: null });
  }

  /** The provider's own way: `url`, and `id_auth` for a provider; without one, the user's bearer is sent. */
  create(event: WebhookEventName, fields: Fields): WebhookRegistrationRecord {
    const url = checkedTarget('url', fields.required('url'));
    return this.awake({ event, url, auth: { type: 'bearer' }, idProvider: this.providerOf(fields) });
  }

  /** Changes `url`, `id_auth` or `deleted`: a date switches off, null switches on again. */
  change(registration: WebhookRegistrationRecord, fields: Fields): WebhookRegistrationRecord {
    const { url, deletedAt, idProvider } = registration;
    const isOff = fields.has('deleted') ? fields.text('deleted') !== undefined : deletedAt !== null;
    const changed = this.registry.change(registration, {
      url: fields.has('url') ? checkedTarget('url', fields.required('url')) : url,
      idProvider: fields.has('id_auth') ? this.providerOf(fields) : idProvider,
      deletedAt: isOff ? (deletedAt ?? this.store.clock.now()) : null,
    });
    if (isOff) {
      this.engine.forget(changed.id);
    }
    return changed;
  }

  /** Takes a registration away, with what it waited for. */
  remove(id: number): void {
    this.registry.remove(id);
    this.engine.forget(id);
  }

  /** Takes all of them away. */
  clear(): void {
    this.all(true).forEach(({ id }) => this.remove(id));
  }

  private awake(asked: Parameters<WebhookRegistry['register']>[0]): WebhookRegistrationRecord {
    const registration = this.registry.register(asked);
    this.engine.run(registration.id);
    return registration;
  }

  private providerOf(fields: Fields): number | null {
    const named = fields.text('id_auth');
    if (named === undefined) {
      return null;
    }
    const provider = this.providers.all().find((one) => String(one.id) === named || one.name === named);
    if (provider === undefined) {
      throw invalidValue('id_auth', 'there is no such provider');
    }
    return provider.id;
  }
}
