import {
  anything,
  boolean,
  date,
  dateTime,
  decimal,
  either,
  id,
  listOf,
  nullable,
  object,
  optional,
  text,
} from '../shape.js';
import { CURRENCY } from './accounts.js';
import { BESIDE, BOUNDS, list } from './lists.js';

/** `products/documents-aggregation/documents`: Document. The optional keys are in the description of 2021, or in the field. */
export const DOCUMENT = object('Document', {
  id,
  id_user: id,
  id_subscription: nullable(id),
  id_type: nullable(id),
  id_file: nullable(id),
  id_thumbnail: nullable(id),
  name: nullable(text),
  date: nullable(dateTime),
  timestamp: dateTime,
  thumb_url: nullable(text),
  url: nullable(text),
  duedate: nullable(date),
  total_amount: nullable(decimal),
  untaxed_amount: nullable(decimal),
  vat: nullable(decimal),
  income: nullable(boolean),
  readonly: boolean,
  number: nullable(text),
  issuer: nullable(text),
  last_update: nullable(dateTime),
  has_file_on_website: boolean,
  currency: nullable(CURRENCY),
  id_category: optional(nullable(id)),
  type: optional(nullable(text)),
});

export const DOCUMENTS = object('DocumentsList', { documents: listOf(DOCUMENT), ...BOUNDS, ...BESIDE });

/** The reference lists words; the description of 2021 has objects, whose ids documents name. */
export const DOCUMENT_TYPES = list(
  'documenttypes',
  either(text, object('DocumentType', { id, name: text, attacheable: boolean })),
);

/** `products/documents-aggregation/subscriptions`: Subscription. */
export const SUBSCRIPTION = object('Subscription', {
  id,
  id_connection: nullable(id),
  id_user: nullable(id),
  id_source: nullable(id),
  number: nullable(text),
  label: text,
  subscriber: nullable(text),
  validity: nullable(date),
  renewdate: nullable(date),
  last_update: nullable(dateTime),
  deleted: nullable(dateTime),
  disabled: nullable(dateTime),
  error: nullable(text),
  connection: optional(anything),
});

export const SUBSCRIPTIONS = list('subscriptions', SUBSCRIPTION);
