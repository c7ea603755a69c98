import type { Field, Fields, Resource } from '../../wire/table/field.js';

const FORMS: Record<string, (value: unknown) => boolean> = {
  integer: (value) => Number.isInteger(value),
  decimal: (value) => typeof value === 'number' && Number.isFinite(value),
  text: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  date: (value) => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value),
  dateTime: (value) => typeof value === 'string' && /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(value),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  list: (value) => Array.isArray(value),
  any: (value) => value !== undefined,
};

/** The fields that had a value, as `Transaction.id`: neither null nor empty. */
export type Seen = Set<string>;

/** What an answer has that its table does not say, or lacks of what it says; empty when they agree. */
export function differences(
  value: unknown,
  resource: Resource<Fields>,
  seen: Seen = new Set(),
  at = resource.name,
): string[] {
  if (FORMS['object']?.(value) !== true) {
    return [`${at} is no object`];
  }
  const object = value as Record<string, unknown>;
  const missing = Object.keys(resource.fields).filter((key) => !(key in object));
  const found = Object.entries(object).flatMap(([key, one]) => {
    const field = resource.fields[key] ?? resource.added[key];
    if (!isEmpty(one)) {
      seen.add(`${resource.name}.${key}`);
    }
    return field === undefined ? [`${at}.${key} is in no table`] : inField(one, field, seen, `${at}.${key}`);
  });
  return [...missing.map((key) => `${at}.${key} is missing`), ...found];
}

function inField(value: unknown, field: Field<unknown>, seen: Seen, at: string): string[] {
  if (value === null) {
    return field.isNullable ? [] : [`${at} is null`];
  }
  if (FORMS[field.type]?.(value) !== true) {
    return [`${at} is no ${field.type}: ${JSON.stringify(value)}`];
  }
  const values = field.type === 'list' ? (value as unknown[]) : [value];
  const { inside, items } = field;
  return values.flatMap((one, rank) => {
    const place = field.type === 'list' ? `${at}[${rank}]` : at;
    if (inside !== undefined) {
      return differences(one, inside, seen, place);
    }
    return items === undefined ? [] : inField(one, items, seen, place);
  });
}

/** Null, an empty list or an empty object says nothing. */
function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
