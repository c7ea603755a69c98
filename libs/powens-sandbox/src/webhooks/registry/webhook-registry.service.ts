import { Injectable } from '@nestjs/common';
import { SandboxStore } from '../../store/sandbox.store.js';
import type { WebhookAuth, WebhookRegistrationRecord } from '../../store/webhook.records.js';
import type { WebhookEventName } from '../../store/webhook-event.js';

/** What a registration says. */
export interface WebhookRegistration {
  event: WebhookEventName;
  url: string;
  auth: WebhookAuth;
  idProvider: number | null;
}

/**
 * The registrations of events.
 *
 * @see protocol notes, section 7.1
 */
@Injectable()
export class WebhookRegistry {
  constructor(private readonly store: SandboxStore) {}

  /** Registers a URL for an event; the same URL for the same event again only changes how it is authenticated. */
  register(asked: WebhookRegistration): WebhookRegistrationRecord {
    const now = this.store.clock.now();
    const known = this.all().find((one) => one.event === asked.event && one.url === asked.url);
    return this.store.webhooks.registrations.put({
      id: known?.id ?? this.store.nextId('webhook'),
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
      deletedAt: null,
      ...asked,
    });
  }

  /** Changes a registration. */
  change(
    registration: WebhookRegistrationRecord,
    changes: Partial<WebhookRegistrationRecord>,
  ): WebhookRegistrationRecord {
    const updatedAt = this.store.clock.now();
    return this.store.webhooks.registrations.put({ ...registration, ...changes, updatedAt });
  }

  /** Every registration, oldest first. */
  all(): WebhookRegistrationRecord[] {
    return [...this.store.webhooks.registrations.all()];
  }

  /** The registration of that id, unless it was removed. */
  get(id: number): WebhookRegistrationRecord | undefined {
    return this.store.webhooks.registrations.get(id);
  }

  /** The registrations that want an event. */
  wanting(event: WebhookEventName): WebhookRegistrationRecord[] {
    return this.all().filter((one) => one.event === event && one.deletedAt === null);
  }

  /** True when there is any registration; without one no body is prepared. */
  hasRegistrations(): boolean {
    return this.all().some((one) => one.deletedAt === null);
  }

  /** Takes a registration away. */
  remove(id: number): void {
    this.store.webhooks.registrations.remove(id);
  }

  /** How a registration is authenticated now; a removed provider leaves the user's bearer, which is the default. */
  authOf({ auth, idProvider }: WebhookRegistrationRecord): WebhookAuth {
    return idProvider === null
      ? auth
      : (this.store.webhooks.providers.get(idProvider)?.auth ?? { type: 'bearer' });
  }
}
