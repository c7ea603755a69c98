import { SANDBOX_CHOICES } from '../../sandbox.choices.js';
import type { WebhookDeliveryRecord } from '../../store/webhook.records.js';
import type { WebhookTables } from '../../store/webhook.tables.js';

const KEPT = SANDBOX_CHOICES.webhookLog.deliveries;

/** Remembers the last deliveries that were acknowledged, with what they said, and forgets the ones before. */
export class WebhookArchive {
  private acknowledged: number[] = [];
  private head = 0;

  constructor(private readonly tables: WebhookTables) {}

  /** One more was acknowledged. */
  add(id: number): void {
    this.acknowledged.push(id);
    for (; this.acknowledged.length - this.head > KEPT; this.head += 1) {
      this.forget(this.acknowledged[this.head] ?? -1);
    }
    if (this.head > KEPT) {
      this.acknowledged = this.acknowledged.slice(this.head);
      this.head = 0;
    }
  }

  /** Takes a delivery away, and its message when no other delivery carries it. */
  forget(id: number): void {
    const delivery = this.tables.deliveries.get(id);
    if (delivery === undefined) {
      return;
    }
    this.tables.deliveries.remove(id);
    if (this.tables.deliveries.ownedBy(delivery.idWebhookData).length === 0) {
      this.tables.data.remove(delivery.idWebhookData);
    }
  }

  /** Forgets which were acknowledged: the tables were emptied. */
  clear(): void {
    this.acknowledged = [];
    this.head = 0;
  }

  /** Every delivery that is known, oldest first. */
  recover(): WebhookDeliveryRecord[] {
    return [...this.tables.deliveries.all()].sort((one, other) => one.id - other.id);
  }

  /** The last deliveries, newest last. */
  recent(): WebhookDeliveryRecord[] {
    return this.recover().slice(-KEPT);
  }
}
