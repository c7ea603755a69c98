import { cut, printableOf } from '../values/one-line.js';

/**
 * An answer does not have its documented shape. Names the field, never its value.
 *
 * @see RL-15
 * @internal
 */
export class UnexpectedShapeError extends Error {
  constructor(readonly field: string) {
    super(`unexpected "${field}"`);
  }
}

// Visible ASCII: what a header can carry. Powens' tokens are opaque, and never trimmed.
const OPAQUE = /^[\x21-\x7e]{1,4096}$/;
const ID = /^[1-9][0-9]{0,18}$/;

/**
 * Returns whether a text is a valid Powens id, which may be part of a path.
 *
 * @internal
 */
export function isPowensId(value: string): boolean {
  return ID.test(value);
}

/**
 * The own fields of an object, free of any prototype: a `__proto__` key can then neither be read nor change anything.
 *
 * @internal
 */
export function fields(value: unknown): Record<string, unknown> {
  if (!isRecord(value)) {
    throw new UnexpectedShapeError('(body)');
  }
  return Object.assign(Object.create(null) as Record<string, unknown>, value);
}

/**
 * Returns whether a JSON value is an object, and not an array or null.
 *
 * @internal
 */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A token or code: 1 to 4096 visible ASCII characters.
 *
 * @internal
 */
export function opaque(value: unknown, field: string): string {
  if (typeof value !== 'string' || !OPAQUE.test(value)) {
    throw new UnexpectedShapeError(field);
  }
  return value;
}

/**
 * An id, as text: a whole number beyond 2^53 is parsed as `bigint` (RL-19).
 *
 * @internal
 */
export function id(value: unknown, field: string): string {
  const exact = typeof value === 'bigint' || typeof value === 'string' || Number.isSafeInteger(value);
  if (!exact || !ID.test(String(value))) {
    throw new UnexpectedShapeError(field);
  }
  return String(value);
}

/**
 * An id, or null.
 *
 * @internal
 */
export function optionalId(value: unknown, field: string): string | null {
  return value === undefined || value === null ? null : id(value, field);
}

/**
 * A text that is stored, or null for anything else: truncated to `most` characters, and without characters that a database column
 * refuses. An odd name of a bank must not prevent a connection.
 *
 * @internal
 */
export function shortText(value: unknown, most: number): string | null {
  return typeof value === 'string' ? cut(printableOf(value), most) : null;
}
