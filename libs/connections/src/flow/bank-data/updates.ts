import { ConnectionsError } from '../../errors/index.js';
import { isRecord } from '../../powens/wire-values.js';

/**
 * What a person may change on a bank account at Powens. What is absent stays as it is.
 *
 * @see https://docs.powens.com/api-reference/products/data-aggregation/bank-accounts
 * @public
 */
export interface AccountUpdate {
  /** 1 to 255 characters. */
  readonly name?: string;
  readonly usage?: 'PRIV' | 'ORGA';
  /** Whether the person consents to the account: false stops its synchronisation. */
  readonly isEnabled?: boolean;
  /** Whether lists of the application show it. */
  readonly isDisplayed?: boolean;
  readonly isBookmarked?: boolean;
}

/**
 * What a person may change on a transaction at Powens. What is absent stays as it is.
 *
 * @see https://docs.powens.com/api-reference/products/data-aggregation/bank-transactions
 * @public
 */
export interface TransactionUpdate {
  /** Up to 255 characters; null removes it. */
  readonly comment?: string | null;
  /** 1 to 255 characters. */
  readonly wording?: string;
  /** Its categories, which replace those that it has. At most 20. */
  readonly categories?: readonly TransactionCategory[];
  /** Day that counts for budgets, `2026-03-14`. */
  readonly appliedOn?: string;
  /** Whether it counts in the account's history. */
  readonly isActive?: boolean;
}

/**
 * A category of transactions, by the codes of Powens.
 *
 * @public
 */
export interface TransactionCategory {
  /** 1 to 255 characters. */
  readonly code: string;
  /** Code of the category above it; null for one at the top. */
  readonly parentCode?: string | null;
}

const MAX_TEXT = 255;
const MAX_CATEGORIES = 20;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Body of `POST /users/me/accounts/{id}`. */
export function accountBody(update: AccountUpdate): Record<string, unknown> {
  const { name, usage, isEnabled, isDisplayed, isBookmarked } = update;
  check(name === undefined || isText(name, 1), 'name must be a text of 1 to 255 characters.');
  check(usage === undefined || ['PRIV', 'ORGA'].includes(usage), 'usage must be PRIV or ORGA.');
  checkFlags({ isEnabled, isDisplayed, isBookmarked });
  return given({
    name,
    usage,
    disabled: isEnabled === undefined ? undefined : !isEnabled,
    display: isDisplayed,
    bookmarked: isBookmarked,
  });
}

/** Body of `POST /users/me/transactions/{id}`. */
export function transactionBody(update: TransactionUpdate): Record<string, unknown> {
  const { comment, wording, categories, appliedOn, isActive } = update;
  check(
    comment === undefined || comment === null || isText(comment, 0),
    'comment must be null or a text of at most 255 characters.',
  );
  check(wording === undefined || isText(wording, 1), 'wording must be a text of 1 to 255 characters.');
  check(
    categories === undefined || areCategories(categories),
    `categories must be a list of at most ${MAX_CATEGORIES} items { code, parentCode }, with codes of 1 to 255 characters.`,
  );
  check(appliedOn === undefined || DAY.test(appliedOn), 'appliedOn must be a day: 2026-03-14.');
  checkFlags({ isActive });
  return given({
    comment,
    wording,
    categories: categories?.map(({ code, parentCode = null }) => ({ code, parent_code: parentCode })),
    application_date: appliedOn,
    active: isActive,
  });
}

function given(body: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(body).filter(([, value]) => value !== undefined);
  check(entries.length > 0, 'Name at least one field to change.');
  return Object.fromEntries(entries);
}

function areCategories(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length <= MAX_CATEGORIES &&
    value.every((one: unknown) => {
      const { code, parentCode } = isRecord(one) ? one : {};
      return isText(code, 1) && (parentCode === undefined || parentCode === null || isText(parentCode, 1));
    })
  );
}

function isText(value: unknown, min: number): boolean {
  return typeof value === 'string' && value.length >= min && value.length <= MAX_TEXT;
}

function checkFlags(flags: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(flags)) {
    check(value === undefined || typeof value === 'boolean', `${name} must be true or false.`);
  }
}

function check(isFine: boolean, problem: string): void {
  if (!isFine) {
    throw new ConnectionsError('invalid_request', problem);
  }
}
