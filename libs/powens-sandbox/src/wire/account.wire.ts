import { powensDateTime, powensDateTimeOrNull } from '../http/powens-date-time.js';
import type { AccountRecord, SubscriptionRecord } from '../store/records.js';
import { currencyToWire, formatted } from './transaction.wire.js';

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
    webid: `A-${account.number}`,
    number: account.number,
    original_name: account.name,
    name: account.customName ?? account.name,
    balance: account.balance,
    formatted_balance: formatted(account.balance, account.currency),
    coming: account.coming,
    coming_balance: account.coming === null ? null : rounded(account.balance + account.coming),
    display: account.display ?? true,
    bookmarked: account.bookmarked ?? 0,
    last_update: powensDateTime(lastUpdate ?? account.createdAt),
    deleted: null,
    disabled: powensDateTimeOrNull(account.disabledAt),
    iban: account.iban,
    bic: account.bic ?? null,
    currency: currencyToWire(account.currency),
    type: account.type,
    id_type: account.idType,
    error: null,
    usage: account.usage,
    ownership: 'owner',
    company_name: null,
    information: {},
    loan: null,
  };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
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
