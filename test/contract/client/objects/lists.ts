import { date, integer, listOf, nullable, object, optional, text } from '../shape.js';
import type { ObjectShape, Shape } from '../shape.js';

const LINK = object('Link', { href: text });

/** `overview/api-design`: PaginationLinks. */
export const LINKS = object('PaginationLinks', {
  self: LINK,
  prev: nullable(LINK),
  next: nullable(LINK),
});

/** What stands beside the items of a list: the number of 2021, and links where a page was asked for. */
export const BESIDE = { total: optional(integer), _links: optional(LINKS) };

/** Between which days the items of a list are. A list without items has none. */
export const BOUNDS = {
  first_date: nullable(date),
  last_date: nullable(date),
  result_min_date: nullable(date),
  result_max_date: nullable(date),
};

/** A list under its key. */
export function list<K extends string, T>(
  key: K,
  item: Shape<T>,
): ObjectShape<Record<K, Shape<readonly T[]>> & typeof BESIDE> {
  const fields = { [key]: listOf(item), ...BESIDE } as Record<K, Shape<readonly T[]>> & typeof BESIDE;
  return object(`list of ${key}`, fields);
}
