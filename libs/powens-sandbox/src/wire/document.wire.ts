import { powensDateTime, powensDateTimeOrNull } from '../http/powens-date-time.js';
import type { SubscriptionRecord } from '../store/records.js';
import { CURRENCY } from './bank/currency.wire.js';
import {
  anything,
  boolean,
  date,
  dateTime,
  decimal,
  docs,
  integer,
  many,
  one,
  orNull,
  resource,
  sure,
  text,
  unsimulated,
  write,
} from './table/field.js';
import type { WireOf } from './table/field.js';

/** A type of document. */
export const DOCUMENT_TYPE = resource(
  'DocumentType',
  { source: docs('products/documents-aggregation/document-types'), confidence: 'B' },
  { id: integer, name: text, attacheable: boolean },
);

/** A document. */
export const DOCUMENT = resource(
  'Document',
  { source: docs('products/documents-aggregation/documents#document-object'), confidence: 'B' },
  {
    id: integer,
    id_type: orNull(integer),
    id_category: sure('C', unsimulated(orNull(integer))),
    id_user: integer,
    id_subscription: orNull(integer),
    id_file: orNull(integer),
    id_thumbnail: unsimulated(orNull(integer)),
    name: orNull(text),
    type: sure('C', orNull(text)),
    thumb_url: unsimulated(orNull(text)),
    url: orNull(text),
    timestamp: dateTime,
    date: orNull(dateTime),
    duedate: orNull(date),
    total_amount: orNull(decimal),
    untaxed_amount: orNull(decimal),
    vat: orNull(decimal),
    currency: orNull(one(CURRENCY)),
    income: orNull(boolean),
    readonly: boolean,
    number: orNull(text),
    issuer: orNull(text),
    last_update: orNull(dateTime),
    has_file_on_website: boolean,
  },
);

/** A contract with a billing provider. */
export const SUBSCRIPTION = resource(
  'Subscription',
  { source: docs('products/documents-aggregation/subscriptions#subscription-object'), confidence: 'B' },
  {
    id: integer,
    id_connection: orNull(integer),
    id_user: orNull(integer),
    id_source: orNull(integer),
    number: orNull(text),
    label: text,
    subscriber: orNull(text),
    validity: unsimulated(orNull(date)),
    renewdate: unsimulated(orNull(date)),
    last_update: orNull(dateTime),
    deleted: unsimulated(orNull(dateTime)),
    disabled: orNull(dateTime),
    error: unsimulated(orNull(text)),
  },
  { documents: many(DOCUMENT), connection: anything },
);

/** A document as the provider writes it. */
export type DocumentWire = WireOf<(typeof DOCUMENT)['fields']>;

/** A subscription as the provider writes it. */
export type SubscriptionWire = WireOf<(typeof SUBSCRIPTION)['fields']>;

/** Every type of document that the sandbox has. */
export const DOCUMENT_TYPES = [
  write(DOCUMENT_TYPE, { id: 1, name: 'bill', attacheable: true }),
  write(DOCUMENT_TYPE, { id: 2, name: 'report', attacheable: true }),
  write(DOCUMENT_TYPE, { id: 3, name: 'notice', attacheable: true }),
  write(DOCUMENT_TYPE, { id: 4, name: 'statement', attacheable: true }),
  write(DOCUMENT_TYPE, { id: 5, name: 'contract', attacheable: false }),
  write(DOCUMENT_TYPE, { id: 6, name: 'RIB', attacheable: false }),
  write(DOCUMENT_TYPE, { id: 7, name: 'other', attacheable: true }),
];

/** Writes a subscription for the wire. */
export function subscriptionToWire(
  subscription: SubscriptionRecord,
  lastUpdate: number | null,
): SubscriptionWire {
  return write(SUBSCRIPTION, {
    id: subscription.id,
    id_connection: subscription.idConnection,
    id_user: subscription.idUser,
    id_source: subscription.idSource,
    number: subscription.number,
    label: subscription.label,
    subscriber: subscription.subscriber,
    last_update: powensDateTime(lastUpdate ?? subscription.createdAt),
    disabled: powensDateTimeOrNull(subscription.disabledAt),
  });
}
