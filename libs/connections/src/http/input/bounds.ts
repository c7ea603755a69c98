import { ConnectionsError } from '../../errors/index.js';

/** Deeper than any body of these routes: values by field, by connector, in one property. */
const MAX_DEPTH = 6;
/** Items of a list, and members of an object. */
const MAX_SIZE = 100;
/** Characters of a text: more than an end user types into one field of a bank, and as many as a ticket may have. */
const MAX_TEXT = 8400;
const MAX_NAME = 128;
/** Names with a meaning on every object. No property of these routes has such a name. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);
/** Values in total. */
const MAX_VALUES = 1000;

/**
 * Refuses a body or query that exceeds any limit of these routes, before any other code processes it:
 * transformers recurse, and validators compare each item of a list with each.
 *
 * @throws ConnectionsError `invalid_request`, which does not repeat the input
 */
export function assertBounded(value: unknown): void {
  let level: unknown[] = [value];
  let count = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    count += level.length;
    if (depth > MAX_DEPTH || count > MAX_VALUES) {
      throw tooMuch();
    }
    level = level.flatMap(membersOf);
  }
}

function membersOf(value: unknown): unknown[] {
  if (typeof value === 'string' && value.length > MAX_TEXT) {
    throw tooMuch();
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  if (Array.isArray(value)) {
    return value.length > MAX_SIZE ? refuse() : (value as unknown[]);
  }
  const names = Object.keys(value);
  const isTooMuch =
    names.length > MAX_SIZE || names.some((name) => name.length > MAX_NAME || RESERVED.has(name));
  return isTooMuch ? refuse() : Object.values(value);
}

function refuse(): never {
  throw tooMuch();
}

function tooMuch(): ConnectionsError {
  return new ConnectionsError(
    'invalid_request',
    `The request is too large or too deep: at most ${MAX_DEPTH} levels, ${MAX_SIZE} items, ${MAX_TEXT} characters.`,
  );
}
