import { powensDateTime, powensDateTimeOrNull } from '../http/powens-date-time.js';
import type { AccountRecord, SubscriptionRecord } from '../store/records.js';

const CURRENCIES: Record<string, { name: string; symbol: string; prefix: boolean }> = {
  EUR: { name: 'Euro', symbol: '€', prefix: false },
  GBP: { name: 'Livre sterling', symbol: '£', prefix: true },
};

/**
 * A bank account as the provider writes it. Its `currency` is an object, its `type` a plain word.
 *
 * @see protocol notes, section 5.8 and 12.6
 */
export type AccountWire = Record<string, unknown>;

/** Writes an account for the wire. */
export function accountToWire(account: AccountRecord, lastUpdate: number | null): AccountWire {
  return {
    id: account.id,
    id_connection: account.idConnection,
    id_user: account.idUser,
    id_source: account.idSource,
    id_parent: null,
    number: account.number,
    original_name: account.name,
    name: account.name,
    balance: account.balance,
    coming: account.coming,
    display: true,
    bookmarked: false,
    last_update: powensDateTime(lastUpdate ?? account.createdAt),
    deleted: null,
    disabled: powensDateTimeOrNull(account.disabledAt),
    iban: account.iban,
    currency: { id: account.currency, ...CURRENCIES[account.currency], precision: 2 },
    type: account.type,
    id_type: account.idType,
    error: null,
    usage: account.usage,
    ownership: 'owner',
    company_name: null,
    loan: null,
  };
}

/** Adds amounts up by currency, in cents: the sums of decimals must not drift. */
export function sumByCurrency(
  accounts: readonly AccountRecord[],
  amountOf: (account: AccountRecord) => number | null,
): Record<string, number> {
  const cents: Record<string, number> = {};
  for (const account of accounts) {
    const amount = Math.round((amountOf(account) ?? 0) * 100);
    cents[account.currency] = (cents[account.currency] ?? 0) + amount;
  }
  return Object.fromEntries(Object.entries(cents).map(([currency, sum]) => [currency, sum / 100]));
}

/** Writes a subscription for the wire. */
export function subscriptionToWire(subscription: SubscriptionRecord, lastUpdate: number | null): AccountWire {
  return {
    id: subscription.id,
    id_connection: subscription.idConnection,
    id_user: subscription.idUser,
    id_source: subscription.idSource,
    number: subscription.number,
    label: subscription.label,
    subscriber: subscription.subscriber,
    validity: null,
    renewdate: null,
    last_update: powensDateTime(lastUpdate ?? subscription.createdAt),
    deleted: null,
    disabled: powensDateTimeOrNull(subscription.disabledAt),
    error: null,
  };
}
