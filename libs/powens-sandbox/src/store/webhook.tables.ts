import type { Journal } from './journal/journal.js';
import { Table } from './table.js';
import type {
  WebhookDataRecord,
  WebhookDeliveryRecord,
  WebhookProviderRecord,
  WebhookRegistrationRecord,
  WebhookSettings,
  WithheldWebhookRecord,
} from './webhook.records.js';

/** What is kept about webhooks: all of it survives a restart, pending deliveries above all. */
export class WebhookTables {
  readonly registrations: Table<number, WebhookRegistrationRecord>;
  readonly providers: Table<number, WebhookProviderRecord>;
  readonly data: Table<number, WebhookDataRecord>;
  readonly deliveries: Table<number, WebhookDeliveryRecord>;
  readonly withheld: Table<number, WithheldWebhookRecord>;
  /** One row at most: what differs from the defaults. */
  readonly settings: Table<string, { settings: Partial<WebhookSettings> }>;

  constructor(journal: Journal) {
    this.registrations = new Table({ name: 'webhook', key: (row) => row.id }, journal);
    this.providers = new Table({ name: 'webhookProvider', key: (row) => row.id }, journal);
    this.data = new Table({ name: 'webhookData', key: (row) => row.id }, journal);
    this.deliveries = new Table(
      { name: 'webhookDelivery', key: (row) => row.id, owner: (row) => row.idWebhookData },
      journal,
    );
    this.withheld = new Table(
      { name: 'webhookWithheld', key: (row) => row.id, owner: (row) => row.idUser },
      journal,
    );
    this.settings = new Table({ name: 'webhookSettings', key: () => 'settings' }, journal);
  }

  /** All tables, for the store. */
  all(): readonly [
    WebhookTables['registrations'],
    WebhookTables['providers'],
    WebhookTables['data'],
    WebhookTables['deliveries'],
    WebhookTables['withheld'],
    WebhookTables['settings'],
  ] {
    return [this.registrations, this.providers, this.data, this.deliveries, this.withheld, this.settings];
  }
}
