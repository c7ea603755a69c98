import { Injectable } from '@nestjs/common';
import { Fields } from '../../http/fields.js';
import { notFound } from '../../http/sandbox-api.error.js';
import { SandboxStore } from '../../store/sandbox.store.js';
import type {
  WebhookAuth,
  WebhookDeliveryRecord,
  WebhookRegistrationRecord,
  WebhookSettings,
} from '../../store/webhook.records.js';
import { DeliveryEngine } from '../../webhooks/delivery/delivery-engine.service.js';
import { WebhookSettingsService } from '../../webhooks/registry/webhook-settings.service.js';
import { readAuth } from '../../webhooks/registry/webhook-auth.js';
import { WebhookRegistrations } from '../../webhooks/delivery/webhook-registrations.service.js';
import { WebhookRegistry } from '../../webhooks/registry/webhook-registry.service.js';
import { readEvent } from '../../webhooks/registry/read-event.js';
import type { WebhookEventName } from '../../store/webhook-event.js';
import { WebhookClock } from '../../server/webhook-clock.service.js';
import { WebhookComposer } from './webhook-composer.service.js';
import { readDelivery, readManner } from './webhook-delivery.request.js';
import { readSettings } from './webhook-settings.request.js';

/** A registration without its secrets. */
export interface WebhookRegistrationView {
  id: number;
  event: WebhookEventName;
  url: string;
  auth: { type: WebhookAuth['type'] };
}

/** A delivery, as the log shows it. */
export type WebhookLogEntry = Pick<
  WebhookDeliveryRecord,
  | 'id'
  | 'idWebhookData'
  | 'event'
  | 'url'
  | 'idUser'
  | 'idConnection'
  | 'attempts'
  | 'acknowledged'
  | 'nextTry'
>;

/** What was sent by hand: one attempt for each URL and copy, none where it is held back. */
export interface WebhookSent {
  idWebhookData: number;
  attempts: { id: number; url: string; at: string; status: number | null; error?: string; ms: number }[];
}

/** What tests and demos do with webhooks, from an admin route or in the same process. */
@Injectable()
export class WebhookAdmin {
  constructor(
    private readonly store: SandboxStore,
    private readonly registry: WebhookRegistry,
    private readonly receivers: WebhookRegistrations,
    private readonly engine: DeliveryEngine,
    private readonly settings: WebhookSettingsService,
    private readonly clock: WebhookClock,
    private readonly composer: WebhookComposer,
  ) {}

  /** `{event, url, auth?}`: registers; what an earlier registration of the same still waits for is attempted again. */
  register(sent: unknown): WebhookRegistrationView {
    const fields = new Fields(sent);
    const url = fields.required('url');
    const registration = this.receivers.register(readEvent(fields), url, readAuth(fields.raw('auth')));
    this.store.commit();
    return this.show(registration);
  }

  /** Every registration. */
  registrations(): WebhookRegistrationView[] {
    return this.registry.all().map((one) => this.show(one));
  }

  /** Takes every registration away, with what it waited for. */
  clear(): void {
    this.receivers.clear();
    this.store.commit();
  }

  /** `{event, …}` or `{idWebhookData}`: sends now, and returns the attempts. */
  async deliver(sent: unknown): Promise<WebhookSent> {
    const fields = new Fields(sent);
    const known = fields.integer('idWebhookData');
    const enqueued =
      known === undefined
        ? this.engine.enqueue(this.composer.compose(readDelivery(fields)), readManner(fields))
        : this.engine.repeat(known, readManner(fields));
    if (enqueued === undefined) {
      throw notFound();
    }
    this.store.commit();
    this.engine.wake();
    await this.engine.attempted(enqueued.deliveries);
    const attempts = enqueued.deliveries.flatMap(({ id, url }) => {
      const last = this.store.webhooks.deliveries.get(id)?.attempts.at(-1);
      return last === undefined ? [] : [{ id, url, ...last }];
    });
    return { idWebhookData: enqueued.idWebhookData, attempts };
  }

  /** `{order?}`: attempts everything that is not acknowledged, held back or not; those named by `order` first. */
  async flush(sent: unknown): Promise<WebhookLogEntry[]> {
    const order = new Fields(sent).raw('order');
    const flushed = await this.engine.flush(Array.isArray(order) ? order.map(Number) : []);
    return flushed.map(logEntry);
  }

  /** Changes settings; an empty object only reads them. */
  configure(sent: unknown): WebhookSettings {
    const changes = readSettings(new Fields(sent));
    if (Object.keys(changes).length === 0) {
      return this.settings.read();
    }
    const settings = this.settings.change(changes);
    this.store.commit();
    if (changes.flusherPeriodSeconds !== undefined) {
      this.clock.wind();
    }
    this.engine.wake();
    return settings;
  }

  /** The deliveries that are remembered, newest last. */
  log(): WebhookLogEntry[] {
    return this.engine.log().map(logEntry);
  }

  /** Resolves when nothing is pending or under way. */
  idle(): Promise<void> {
    return this.engine.idle();
  }

  private show(registration: WebhookRegistrationRecord): WebhookRegistrationView {
    const { id, event, url } = registration;
    return { id, event, url, auth: { type: this.registry.authOf(registration).type } };
  }
}

function logEntry(delivery: WebhookDeliveryRecord): WebhookLogEntry {
  const { id, idWebhookData, event, url, idUser, idConnection, attempts, acknowledged, nextTry } = delivery;
  return { id, idWebhookData, event, url, idUser, idConnection, attempts, acknowledged, nextTry };
}
