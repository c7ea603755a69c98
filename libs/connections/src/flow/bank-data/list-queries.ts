import { ConnectionsError } from '../../errors/index.js';
import { ApiPath } from '../../powens/bank/api-path.js';
import { isPowensId } from '../../powens/wire-values.js';

/**
 * The page of a list.
 *
 * @public
 */
export interface PageQuery {
  /**
   * Items per page, 1 to 1000.
   *
   * @defaultValue 500
   */
  readonly limit?: number;
  /**
   * Items to skip.
   *
   * @defaultValue 0
   */
  readonly offset?: number;
}

/**
 * Filter of bank accounts.
 *
 * @public
 */
export interface AccountsQuery {
  /**
   * Includes accounts without the person's consent, and deleted ones.
   *
   * @defaultValue false
   */
  readonly all?: boolean;
}

/**
 * Filter of transactions.
 *
 * @public
 */
export interface TransactionsQuery extends PageQuery {
  /** From this day, month or year on: `2026-03-14`, `2026-03`, `2026`. */
  readonly minDate?: string;
  /** Up to this day, month or year. */
  readonly maxDate?: string;
  /** Id at Powens of one account, to read only its transactions. */
  readonly accountId?: string;
}

/**
 * Filter of what accounts hold: investments, pockets, market orders, payments of loans.
 *
 * @public
 */
export interface HoldingsQuery extends PageQuery {
  /** Id at Powens of one account. */
  readonly accountId?: string;
}

/**
 * A period.
 *
 * @public
 */
export interface PeriodQuery {
  /** From this day on: `2026-03-14`. */
  readonly minDate?: string;
  /** Up to this day. */
  readonly maxDate?: string;
}

/**
 * Filter of documents.
 *
 * @public
 */
export interface DocumentsQuery extends PageQuery {
  /** From this day, month or year on: `2026-03-14`, `2026-03`, `2026`. */
  readonly minDate?: string;
  /** Up to this day, month or year. */
  readonly maxDate?: string;
  /** Id at Powens of one subscription, to read only its documents. */
  readonly subscriptionId?: string;
}

/**
 * Filter of connectors.
 *
 * @public
 */
export interface ConnectorsQuery extends PageQuery {
  /** ISO 3166 alpha-2, as `FR`. */
  readonly countryCodes?: readonly string[];
}

const DEFAULT_LIMIT = 500;
const MAX_LIMIT = 1000;
const DAY_MONTH_OR_YEAR = /^\d{4}(-\d{2}(-\d{2})?)?$/;

/** @internal */
export function accountsPath({ all = false }: AccountsQuery): ApiPath {
  return ApiPath.of('/users/me/accounts', { all: all ? '' : undefined });
}

/** @internal */
export function transactionsPath(query: TransactionsQuery): ApiPath {
  const { accountId } = query;
  const below = accountId === undefined ? '' : `/accounts/${checkedId('accountId', accountId)}`;
  return ApiPath.of(`/users/me${below}/transactions`, { ...pageOf(query), ...periodOf(query) });
}

/**
 * What accounts hold beside their transactions.
 *
 * @internal
 */
export function holdingsPath(resource: string, { accountId, ...page }: HoldingsQuery): ApiPath {
  const below = accountId === undefined ? '' : `/accounts/${checkedId('accountId', accountId)}`;
  return ApiPath.of(`/users/me${below}/${resource}`, pageOf(page));
}

/** @internal */
export function balancesPath(accountId: string, period: PeriodQuery): ApiPath {
  return ApiPath.of(`/users/me/accounts/${checkedId('accountId', accountId)}/balances`, periodOf(period));
}

/** @internal */
export function transactionPath(id: string): ApiPath {
  return ApiPath.of(`/users/me/transactions/${checkedId('id', id)}`);
}

/**
 * One account, whether the person consented to it or not: Powens finds no disabled one otherwise.
 *
 * @internal
 */
export function accountPath(id: string): ApiPath {
  return ApiPath.of(`/users/me/accounts/${checkedId('id', id)}`, { all: '' });
}

/**
 * Holders of all accounts: Powens has no such list of one account.
 *
 * @internal
 */
export function ownershipsPath({ accountId, ...page }: HoldingsQuery): ApiPath {
  if (accountId !== undefined) {
    checkedId('accountId', accountId);
  }
  return ApiPath.of('/users/me/account_ownerships', pageOf(page));
}

/** @internal */
export function identityPath(powensConnectionId: string): ApiPath {
  const id = checkedId('powensConnectionId', powensConnectionId);
  return ApiPath.of(`/users/me/connections/${id}/owner_identity`);
}

/** @internal */
export function subscriptionsPath(): ApiPath {
  return ApiPath.of('/users/me/subscriptions', { all: '' });
}

/** @internal */
export function documentsPath(query: DocumentsQuery): ApiPath {
  const { subscriptionId } = query;
  const below =
    subscriptionId === undefined ? '' : `/subscriptions/${checkedId('subscriptionId', subscriptionId)}`;
  return ApiPath.of(`/users/me${below}/documents`, { ...pageOf(query), ...periodOf(query) });
}

/** @internal */
export function documentPath(id: string): ApiPath {
  return ApiPath.of(`/users/me/documents/${checkedId('id', id)}`);
}

/** @internal */
export function documentFilePath(id: string): ApiPath {
  return ApiPath.of(`/users/me/documents/${checkedId('id', id)}/file`);
}

/** @internal */
export function attachmentsPath(transactionId: string): ApiPath {
  return ApiPath.of(`/users/me/transactions/${checkedId('transactionId', transactionId)}/attachments`);
}

/** @internal */
export function connectorsPath(query: ConnectorsQuery): ApiPath {
  const countries = query.countryCodes ?? [];
  if (!countries.every((code) => /^[A-Za-z]{2}$/.test(code))) {
    throw refused('countryCodes must be two-letter codes, as FR.');
  }
  const codes = countries.length === 0 ? undefined : countries.join(',');
  return ApiPath.of('/connectors', { ...pageOf(query), country_codes: codes });
}

/**
 * Checks the items of a page.
 *
 * @throws ConnectionsError `invalid_request`
 * @internal
 */
export function pageLimit(limit = DEFAULT_LIMIT, min = 1): number {
  if (!Number.isInteger(limit) || limit < min || limit > MAX_LIMIT) {
    throw refused(`limit must be a whole number from ${min} to ${MAX_LIMIT}.`);
  }
  return limit;
}

function pageOf({ limit: wanted, offset }: PageQuery): { limit: number; offset: number | undefined } {
  const limit = pageLimit(wanted);
  if (offset !== undefined && (!Number.isSafeInteger(offset) || offset < 0)) {
    throw refused('offset must be a whole number from 0.');
  }
  return { limit, offset };
}

function periodOf({ minDate, maxDate }: { minDate?: string; maxDate?: string }): {
  min_date: string | undefined;
  max_date: string | undefined;
} {
  for (const day of [minDate, maxDate]) {
    if (day !== undefined && !DAY_MONTH_OR_YEAR.test(day)) {
      throw refused('minDate and maxDate must be a day, a month or a year: 2026-03-14, 2026-03, 2026.');
    }
  }
  return { min_date: minDate, max_date: maxDate };
}

function checkedId(name: string, value: string): string {
  if (!isPowensId(value)) {
    throw refused(`${name} must be an id of Powens, as its answers show it.`);
  }
  return value;
}

function refused(problem: string): ConnectionsError {
  return new ConnectionsError('invalid_request', problem);
}
