import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { SANDBOX_CHOICES } from '../../sandbox.choices.js';
import { SandboxStore } from '../../store/sandbox.store.js';
import type {
  WebhookDeliveryRecord,
  WebhookMessage,
  WebhookRegistrationRecord,
} from '../../store/webhook.records.js';
import { WebhookRegistry } from '../registry/webhook-registry.service.js';
import { AttemptRecorder } from './attempt-recorder.js';
import { DeliveryQueues } from './delivery-queues.js';
import type { QueuePlace } from './delivery-queues.js';
import type { AttemptEnd } from './delivery-queue.js';
import { WebhookArchive } from './webhook-archive.js';
import { WebhookSender } from './transport/webhook-sender.service.js';
import { signatureDate } from './transport/webhook-signature.js';
import { WebhookSettingsService } from '../registry/webhook-settings.service.js';

/** What became of a message: its id, and its way to each URL. */
export interface Enqueued {
  idWebhookData: number;
  deliveries: WebhookDeliveryRecord[];
}

/**
 * Delivers messages: written down first, attempted after the request that caused them, one queue per registration.
 *
 * @see protocol notes, section 7.3 and 11.4
 */
@Injectable()
export class DeliveryEngine implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly queues: DeliveryQueues;
  private readonly archive: WebhookArchive;
  private readonly recorder: AttemptRecorder;
  private isClosed = false;

  constructor(
    private readonly store: SandboxStore,
    private readonly registry: WebhookRegistry,
    private readonly sender: WebhookSender,
    settings: WebhookSettingsService,
  ) {
    this.archive = new WebhookArchive(store.webhooks);
    this.recorder = new AttemptRecorder(store, settings);
    this.queues = new DeliveryQueues({
      attempt: (id) => this.attempt(id),
      limits: () => ({ ...SANDBOX_CHOICES.webhookLimits, ...settings.read() }),
    });
  }

  /** Takes up what a previous process left undelivered. */
  onApplicationBootstrap(): void {
    for (const { id, acknowledged, attempts, idRegistration } of this.archive.recover()) {
      if (acknowledged) {
        this.archive.add(id);
      } else if (attempts.length > 0) {
        this.queues.of(idRegistration).addFailed(id);
      } else {
        this.queues.of(idRegistration).add(id);
      }
    }
    this.run();
  }

  onModuleDestroy(): void {
    this.isClosed = true;
    this.queues.remove();
    this.sender.close();
  }

  /** Gives a message its id and sends it to every registration of its event, `copies` times. */
  enqueue(message: WebhookMessage, how: { copies?: number; signatureDate?: string } = {}): Enqueued {
    const data = this.store.webhooks.data.put({ id: this.store.nextId('webhookData'), ...message });
    const sent = this.send(data.id, how);
    if (sent.deliveries.length === 0) {
      this.store.webhooks.data.remove(data.id);
    }
    return sent;
  }

  /** Sends a message that is known, once more; undefined when it is not, or no longer. */
  repeat(idWebhookData: number, how: { copies?: number; signatureDate?: string }): Enqueued | undefined {
    return this.store.webhooks.data.get(idWebhookData) === undefined
      ? undefined
      : this.send(idWebhookData, how);
  }

  /** Resolves after the next attempt of each, or once it is clear that there will be none for now. */
  attempted(deliveries: readonly QueuePlace[]): Promise<void> {
    return this.queues.attempted(deliveries);
  }

  /** A run of the flusher over everything, or over what one registration waits for. */
  run(idRegistration?: number): void {
    if (idRegistration === undefined) {
      this.noteRun();
      this.queues.forEach((queue) => queue.run());
    } else {
      this.queues.of(idRegistration).run();
    }
  }

  /**
   * A run that also lets pass what is held back, the messages named by `order` first. What is under way is waited for:
   * it may fail and belong to the run. Resolves with the deliveries once each was attempted.
   */
  async flush(order: readonly number[] = []): Promise<WebhookDeliveryRecord[]> {
    await this.attempted(this.queues.pick((queue) => queue.underWay()));
    const ranks = new Map(order.map((id, rank) => [id, rank]));
    const rank = (id: number): number =>
      ranks.get(this.store.webhooks.deliveries.get(id)?.idWebhookData ?? -1) ?? Infinity;
    const compare = (one: number, other: number): number => {
      const [first, second] = [rank(one), rank(other)];
      return first === second ? one - other : first - second;
    };
    const runs = this.queues.pick((queue) => queue.run(true, compare));
    await this.attempted(runs);
    return runs.flatMap(({ id }) => this.store.webhooks.deliveries.get(id) ?? []);
  }

  /** From now on it is a period until the flusher runs. */
  noteRun(): void {
    this.recorder.noteRun();
  }

  /** Settings changed: what they no longer hold back is sent. */
  wake(): void {
    this.queues.forEach((queue) => queue.wake());
  }

  /** Drops what waited for a registration that was removed or disabled. */
  forget(idRegistration: number): void {
    this.queues.remove(idRegistration);
    for (const { id, acknowledged, ...delivery } of [...this.store.webhooks.deliveries.all()]) {
      if (delivery.idRegistration === idRegistration && !acknowledged) {
        this.archive.forget(id);
      }
    }
  }

  /** Forgets everything: the tables were emptied. */
  clear(): void {
    this.queues.remove();
    this.archive.clear();
  }

  /** The deliveries that are remembered, newest last. */
  log(): WebhookDeliveryRecord[] {
    return this.archive.recent();
  }

  /** Resolves when nothing is pending or under way; what is withheld for a temporary user does not count. */
  idle(): Promise<void> {
    return this.queues.idle();
  }

  private send(
    idWebhookData: number,
    { copies = 1, signatureDate: date }: { copies?: number; signatureDate?: string },
  ): Enqueued {
    const data = this.store.webhooks.data.get(idWebhookData);
    const wanting = data === undefined ? [] : this.registry.wanting(data.event);
    const deliveries = Array.from({ length: copies }, () => wanting)
      .flat()
      .map((registration) =>
        this.store.webhooks.deliveries.put({
          id: this.store.nextId('webhookDelivery'),
          idWebhookData,
          idRegistration: registration.id,
          event: registration.event,
          url: registration.url,
          idUser: data?.idUser ?? null,
          idConnection: data?.idConnection ?? null,
          attempts: [],
          acknowledged: false,
          nextTry: null,
          signatureDate: date ?? null,
        }),
      );
    deliveries.forEach(({ id, idRegistration }) => this.queues.of(idRegistration).add(id));
    return { idWebhookData, deliveries };
  }

  private async attempt(id: number): Promise<AttemptEnd> {
    const delivery = this.store.webhooks.deliveries.get(id);
    const registration = delivery === undefined ? undefined : this.registry.get(delivery.idRegistration);
    setImmediate(() => this.queues.checkIdle());
    if (this.isClosed || delivery === undefined || registration === undefined) {
      return 'dropped';
    }
    // What is about to be sent must be durable first: an id that is sent is never given to another message.
    this.store.commit();
    const end = await this.carry(delivery, registration);
    setImmediate(() => this.queues.checkIdle());
    return end;
  }

  private async carry(
    delivery: WebhookDeliveryRecord,
    registration: WebhookRegistrationRecord,
  ): Promise<AttemptEnd> {
    const data = this.store.webhooks.data.get(delivery.idWebhookData);
    if (data === undefined) {
      return 'dropped';
    }
    const date = delivery.signatureDate ?? signatureDate();
    const startedAt = Date.now();
    const result = await this.sender.carry({ data, registration, date });
    if (this.isClosed) {
      return 'dropped';
    }
    const end = this.recorder.record({ id: delivery.id, date, startedAt, result });
    if (end === 'acknowledged') {
      this.archive.add(delivery.id);
    }
    this.store.commit();
    return end;
  }
}
