import { LongDecimal } from '../../values/json/exact-json.js';
import { isRecord } from '../wire-values.js';

/**
 * Writes numbers that a JavaScript number cannot hold exactly as texts: the value can be printed, compared and sent on
 * as JSON like any other. For every number of the result, `String(number)` is exact.
 *
 * @internal
 */
export function plainJson(value: unknown): unknown {
  if (typeof value === 'bigint') {
    return value.toString();
  }
  if (value instanceof LongDecimal) {
    return value.text;
  }
  if (Array.isArray(value)) {
    return value.map(plainJson);
  }
  // Not by assignment: `__proto__` in a text would set a prototype.
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainJson(inner)]))
    : value;
}

/**
 * An object as Powens sent it, with numbers that are exact.
 *
 * @internal
 */
export function rawOf(wire: object): Readonly<Record<string, unknown>> {
  return plainJson({ ...wire }) as Readonly<Record<string, unknown>>;
}
