import { powensDate, powensDateTime } from '../http/powens-date-time.js';
import type { SubscriptionRecord } from '../store/records.js';
import { currencyToWire, rounded } from '../wire/bank/currency.wire.js';
import { DOCUMENT } from '../wire/document.wire.js';
import type { DocumentWire } from '../wire/document.wire.js';
import { write } from '../wire/table/field.js';
import { addMonths, pick } from './calendar.js';

const MONTHS = 12;
const PER_SUBSCRIPTION = 1000;
const VAT = 0.2;

/** The id of the subscription that a document belongs to. */
export function subscriptionOfDocument(id: number): number {
  return Math.floor(id / PER_SUBSCRIPTION);
}

/**
 * The documents of a contract, newest first: one a month, for the year before it was found and since. Computed, so that
 * the same contract always has the same ones.
 */
export function documentsOf(
  subscription: SubscriptionRecord,
  lastUpdate: number | null = null,
): DocumentWire[] {
  const { createdAt } = subscription;
  let since = 0;
  while (addMonths(createdAt, since + 1) <= (lastUpdate ?? createdAt)) {
    since += 1;
  }
  return Array.from({ length: since + MONTHS }, (_, rank) => {
    const month = since - rank;
    // The month of the discovery itself brings nothing: its history ends the month before.
    return documentOf(subscription, addMonths(createdAt, month > 0 ? month : month - 1), MONTHS + month);
  });
}

function documentOf(subscription: SubscriptionRecord, at: number, number: number): DocumentWire {
  const id = subscription.id * PER_SUBSCRIPTION + number;
  const day = powensDate(at);
  const isStatement = subscription.label.startsWith('Relevés');
  const total = rounded(30 + pick(5000, subscription.id, number) / 100);
  const untaxed = rounded(total / (1 + VAT));
  return write(DOCUMENT, {
    id,
    id_type: isStatement ? 2 : 1,
    id_user: subscription.idUser,
    id_subscription: subscription.id,
    id_file: id,
    name: `${isStatement ? 'releve' : 'facture'}-${day.slice(0, 7)}.pdf`,
    type: isStatement ? 'report' : 'bill',
    timestamp: powensDateTime(at),
    date: `${day} 00:00:00`,
    ...(isStatement
      ? {}
      : {
          duedate: powensDate(at + 15 * 86_400_000),
          total_amount: total,
          untaxed_amount: untaxed,
          vat: rounded(total - untaxed),
          currency: currencyToWire('EUR'),
          income: false,
          issuer: subscription.label,
        }),
    readonly: true,
    number: `D-${id}`,
    last_update: powensDateTime(Math.max(at, subscription.createdAt)),
    has_file_on_website: true,
  });
}
