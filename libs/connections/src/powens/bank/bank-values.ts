import { printableOf } from '../../values/one-line.js';
import { LongDecimal } from '../../values/json/exact-json.js';
import { fields, isPowensId, isRecord } from '../wire-values.js';

const DECIMAL = /^(-?)(\d{1,64})(?:\.(\d{1,64}))?(?:[eE]([+-]?\d{1,3}))?$/;
const LARGEST_EXPONENT = 64;

/**
 * An amount as a decimal text, exact: no exponent, no trailing zeros, no negative zero, so that equal amounts are equal
 * texts.
 *
 * @returns null for null, and for anything that is no finite decimal: a wrong amount is worse than none, and so is no account
 * @internal
 */
export function amount(value: unknown): string | null {
  const [, sign = '', whole = '', fraction = '', power = '0'] = DECIMAL.exec(writtenNumber(value)) ?? [];
  const exponent = Number(power);
  return whole === '' || Math.abs(exponent) > LARGEST_EXPONENT
    ? null
    : plain(sign, whole + fraction, whole.length + exponent);
}

function writtenNumber(value: unknown): string {
  return value instanceof LongDecimal ? value.text : (looseText(value) ?? '');
}

/** Writes digits with their point at `point`. */
function plain(sign: string, digits: string, point: number): string {
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0');
  const at = Math.max(point, 1);
  const whole = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const fraction = padded.slice(at).replace(/0+$/, '');
  const text = fraction === '' ? whole : `${whole}.${fraction}`;
  return text === '0' ? text : sign + text;
}

/**
 * A text, or null for anything else, without what a person cannot see in it. A number is a text too: account numbers were
 * seen as both.
 *
 * @internal
 */
export function looseText(value: unknown): string | null {
  const text = rawText(value);
  return text === null ? null : printableOf(text, ' ');
}

/**
 * As {@link looseText}, as it came: for what is sent back to Powens.
 *
 * @internal
 */
export function rawText(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : null;
}

/**
 * A day as Powens writes it, or null for anything else: documents have a time behind it in the reference, which is cut off.
 *
 * @internal
 */
export function day(value: unknown): string | null {
  const text = looseText(value);
  return /^\d{4}-\d\d-\d\d(?=[ T])/.exec(text ?? '')?.[0] ?? text;
}

/**
 * An id, or null for anything else, as the 0 of "none".
 *
 * @internal
 */
export function looseId(value: unknown): string | null {
  const text = looseText(value);
  return text !== null && isPowensId(text) ? text : null;
}

/**
 * A yes or no. Documented as integer in one place and as boolean in another.
 *
 * @internal
 */
export function flag(value: unknown, otherwise: boolean): boolean {
  if (typeof value === 'boolean') {
    return value;
  }
  return typeof value === 'number' ? value !== 0 : otherwise;
}

/**
 * A word of a list that grows: an object that names itself is seen beside the plain word.
 *
 * @internal
 */
export function word(value: unknown): string | null {
  return isRecord(value)
    ? (looseText(fields(value)['id']) ?? looseText(fields(value)['name']))
    : looseText(value);
}

/**
 * A word, or the name of an object that also has a number: the number says nothing.
 *
 * @internal
 */
export function nameOf(value: unknown): string | null {
  return isRecord(value) ? looseText(fields(value)['name']) : looseText(value);
}

/**
 * A list of words, without invalid items.
 *
 * @internal
 */
export function words(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.flatMap((one: unknown) => word(one) ?? []) : [];
}

/**
 * A list of objects, without invalid items.
 *
 * @internal
 */
export function recordsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord).map(fields) : [];
}

/**
 * Whether a field that holds "since when" says: not at all.
 *
 * @internal
 */
export function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === false;
}
