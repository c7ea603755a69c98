import type { Fields } from './fields.js';
import { invalidValue } from './sandbox-api.error.js';

/** Tells whether a date, or a date and time, is in a period. */
export type Period = (date: string | null) => boolean;

/**
 * Reads `min_date` and `max_date`, both inclusive: a day, a month or a year; a time after the day is left out.
 *
 * @returns undefined when neither is given
 * @throws SandboxApiError 400 `invalidValue` for what is no date
 * @see https://docs.powens.com/api-reference/overview/api-design#lists-windowing
 */
export function periodIn(query: Fields): Period | undefined {
  const [from, until] = [bound('min_date', query), bound('max_date', query)];
  if (from === undefined && until === undefined) {
    return undefined;
  }
  // A month or a year as the upper bound takes all of it in: "2026-03" is before "2026-03-14" but not before "2026-03~".
  return (date) => date !== null && date >= (from ?? '') && date < `${until ?? ''}~`;
}

/** Where a list of items begins and ends, and where the part of it that is shown does. */
export interface Bounds {
  first_date: string | null;
  last_date: string | null;
  result_min_date: string | null;
  result_max_date: string | null;
}

/** The first and the last day of all items, and of those that match the filters. */
export function boundsOf(all: readonly (string | null)[], shown: readonly (string | null)[]): Bounds {
  const [first, last] = endsOf(all);
  const [min, max] = endsOf(shown);
  return { first_date: first, last_date: last, result_min_date: min, result_max_date: max };
}

function endsOf(dates: readonly (string | null)[]): [string | null, string | null] {
  const days = dates
    .flatMap((date) => date ?? [])
    .map((date) => date.slice(0, 10))
    .sort();
  return [days.at(0) ?? null, days.at(-1) ?? null];
}

function bound(name: string, query: Fields): string | undefined {
  const text = query.text(name);
  const [, found = ''] = /^(\d{4}(?:-\d\d(?:-\d\d)?)?)(?:[ T].*)?$/.exec(text ?? '') ?? [];
  if (text !== undefined && !isCalendarDate(found)) {
    throw invalidValue(name, 'it is a date');
  }
  return text === undefined ? undefined : found;
}

/** True for a day, a month or a year that the calendar has. */
export function isCalendarDate(text: string): boolean {
  const [year = '', month = '01', day = '01'] = text.split('-');
  const at = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(`${year}-${month}-${day}`);
}
