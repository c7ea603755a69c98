import { Fields } from '../../http/fields.js';
import { isCalendarDate, periodIn } from '../../http/period.js';
import { invalidValue } from '../../http/sandbox-api.error.js';
import type { TransactionWire } from '../../wire/bank/transaction.wire.js';

/** The dates that `filter` may name for `min_date` and `max_date`. */
const DATES = ['application_date', 'date', 'vdate', 'rdate', 'bdate', 'last_update'] as const;
type DateName = (typeof DATES)[number];

type Condition = (one: TransactionWire) => boolean;

/**
 * Reads the filters of a list of transactions. Parameters that the reference does not name are ignored.
 *
 * @throws SandboxApiError 400 `invalidValue` for a filter that cannot be read
 * @see https://docs.powens.com/api-reference/products/data-aggregation/bank-transactions#list-transactions
 */
export function transactionFilter(query: Fields): Condition {
  const conditions: (Condition | undefined)[] = [
    betweenDates(query),
    sinceUpdate(query.text('last_update')),
    withIncome(query.flag('income')),
    withWords('wording', query.text('wording'), ({ wording, original_wording: original }) => [
      wording ?? '',
      original,
    ]),
    withWords('search', query.text('search'), (one) => [
      one.wording ?? '',
      one.original_wording,
      one.date,
      String(one.value),
      ...one.categories.map(({ code }) => code),
    ]),
    withValue(query),
    whetherDeleted(query),
  ];
  const wanted = conditions.filter((one) => one !== undefined);
  return (one) => wanted.every((condition) => condition(one));
}

function betweenDates(query: Fields): Condition | undefined {
  const name = dateName(query.text('filter'));
  const period = periodIn(query);
  return period === undefined ? undefined : (one) => period(one[name]);
}

/** `deleted` filters, true or false; the value-less `all` includes deleted ones. */
function whetherDeleted(query: Fields): Condition | undefined {
  const wanted = query.flag('deleted') ?? (query.has('all') ? undefined : false);
  return wanted === undefined ? undefined : ({ deleted }) => (deleted !== null) === wanted;
}

function dateName(named = 'application_date'): DateName {
  const found = DATES.find((one) => one === named);
  if (found === undefined) {
    throw invalidValue('filter', `it is one of ${DATES.join(', ')}`);
  }
  return found;
}

function sinceUpdate(text: string | undefined): Condition | undefined {
  if (text === undefined) {
    return undefined;
  }
  if (
    !/^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?$/.test(text) ||
    !isCalendarDate(text.slice(0, 10))
  ) {
    throw invalidValue('last_update');
  }
  const since = text.replace('T', ' ');
  return ({ last_update: updated }) => updated !== null && updated >= since;
}

function withIncome(isIncome: boolean | undefined): Condition | undefined {
  return isIncome === undefined ? undefined : ({ value }) => isIncome === (value ?? 0) > 0;
}

function withWords(
  name: string,
  text: string | undefined,
  wordsOf: (one: TransactionWire) => string[],
): Condition | undefined {
  if (text === undefined) {
    return undefined;
  }
  if (text.length > 255) {
    throw invalidValue(name);
  }
  const wanted = text.toLowerCase();
  return (one) => wordsOf(one).some((words) => words.toLowerCase().includes(wanted));
}

/** `value=12.5|-12.5`, or `±12.5` for both. */
function withValue(query: Fields): Condition | undefined {
  const [min, max] = [query.decimal('min_value'), query.decimal('max_value')];
  const exact = query
    .text('value')
    ?.split('|')
    .flatMap((one) => (one.startsWith('±') ? [one.slice(1), `-${one.slice(1)}`] : [one]))
    .map((one) => new Fields({ value: one }).decimal('value'));
  if (min === undefined && max === undefined && exact === undefined) {
    return undefined;
  }
  return ({ value }) =>
    value !== null &&
    value >= (min ?? -Infinity) &&
    value <= (max ?? Infinity) &&
    (exact === undefined || exact.includes(value));
}
