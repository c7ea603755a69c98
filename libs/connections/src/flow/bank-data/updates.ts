import { ConnectionsError } from '../../errors/index.js';
import { isPowensId } from '../../powens/wire-values.js';

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
  /** Id of a category at Powens. */
  readonly categoryId?: string;
  /** Day that counts for budgets, `2026-03-14`. */
  readonly appliedOn?: string;
  /** Whether it counts in the account's history. */
  readonly isActive?: boolean;
}

const MAX_TEXT = 255;
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
    bookmarked: isBookmarked === undefined ? undefined : Number(isBookmarked),
  });
}

/** Body of `POST /users/me/transactions/{id}`. */
export function transactionBody(update: TransactionUpdate): Record<string, unknown> {
  const { comment, wording, categoryId, appliedOn, isActive } = update;
  check(
    comment === undefined || comment === null || isText(comment, 0),
    'comment must be null or a text of at most 255 characters.',
  );
  check(wording === undefined || isText(wording, 1), 'wording must be a text of 1 to 255 characters.');
  check(
    categoryId === undefined || (isPowensId(categoryId) && Number.isSafeInteger(Number(categoryId))),
    'categoryId must be an id of Powens, as its answers show it.',
  );
  check(appliedOn === undefined || DAY.test(appliedOn), 'appliedOn must be a day: 2026-03-14.');
  checkFlags({ isActive });
  return given({
    comment,
    wording,
    id_category: categoryId === undefined ? undefined : Number(categoryId),
    application_date: appliedOn,
    active: isActive,
  });
}

function given(body: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(body).filter(([, value]) => value !== undefined);
  check(entries.length > 0, 'Name at least one field to change.');
  return Object.fromEntries(entries);
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
