import { setImmediate as nextTurn } from 'node:timers/promises';
import { LongDecimal, parseExactJson } from '../values/json/exact-json.js';
import { isNestedWithin } from '../values/json/nesting.js';
import { MAX_DEPTH, ShallowJson } from './shallow-json.js';

/** A single value. Numbers are texts with every digit. */
export type Scalar = string | boolean | null;

/** The single values of an object; nested ones are null. */
export type Scalars = Readonly<Record<string, Scalar>>;

/**
 * What processing reads of a body: the single values of its root, of `user` and of `connection`. The rest, megabytes of
 * transactions, is never in memory at once.
 *
 * @internal
 */
export interface WebhookSummary {
  readonly root: Scalars;
  readonly user: Scalars;
  readonly connection: Scalars;
}

/** Longer texts are not what an id, a word or a date is. */
const MAX_TEXT = 256;
/** More values than any object of Powens has. */
const MAX_VALUES = 200;
/** Bytes up to which a body is parsed in one go: ten times as fast, and at most a millisecond or two. */
const PARSED_AT_ONCE = 256 * 1024;

/**
 * Reads the summary of a JSON body. The event loop gets its turn between the chunks of a large one.
 *
 * @param atOnce - bytes up to which it is parsed in one go
 * @returns null for what is not a JSON object, or is nested too deeply
 * @internal
 */
export async function summaryOf(
  bytes: Iterable<Buffer> | AsyncIterable<Buffer>,
  atOnce = PARSED_AT_ONCE,
): Promise<WebhookSummary | null> {
  const json = new GrowingJson(atOnce);
  for await (const chunk of bytes) {
    if (json.write(chunk)) {
      await nextTurn();
    }
  }
  const root = json.end();
  return root === null
    ? null
    : { root: scalarsOf(root), user: scalarsOf(root['user']), connection: scalarsOf(root['connection']) };
}

/** Kept whole while it is small, parsed piece by piece once it is not. */
class GrowingJson {
  #chunks: Buffer[] = [];
  #size = 0;
  #pieces: ShallowJson | null = null;

  constructor(private readonly atOnce: number) {}

  /** @returns whether it was work that others should not wait for */
  write(chunk: Buffer): boolean {
    this.#size += chunk.length;
    this.#chunks.push(chunk);
    if (this.#size <= this.atOnce) {
      return false;
    }
    this.#pieces ??= new ShallowJson(['user', 'connection']);
    for (const kept of this.#chunks) {
      this.#pieces.write(kept);
    }
    this.#chunks = [];
    return true;
  }

  end(): Readonly<Record<string, unknown>> | null {
    return this.#pieces === null ? parsed(Buffer.concat(this.#chunks)) : this.#pieces.end();
  }
}

function parsed(body: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    const value = parseExactJson(body.toString('utf8').replace(/^\ufeff/, ''));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && isNestedWithin(value, MAX_DEPTH) ? (value as Record<string, unknown>) : null;
  } catch {
    // Of the parser, which quotes what it parses; or of a stack that was not deep enough.
    return null;
  }
}

/** Own values only, on an object without a prototype: `__proto__` in a body can neither be read nor do harm (W16). */
function scalarsOf(value: unknown): Scalars {
  const scalars = Object.create(null) as Record<string, Scalar>;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return scalars;
  }
  for (const [name, given] of Object.entries(value).slice(0, MAX_VALUES)) {
    const scalar = scalarOf(given);
    const isShort = name.length <= MAX_TEXT && (typeof scalar !== 'string' || scalar.length <= MAX_TEXT);
    if (isShort && name !== '__proto__') {
      scalars[name] = scalar;
    }
  }
  return scalars;
}

function scalarOf(value: unknown): Scalar {
  if (value instanceof LongDecimal) {
    return value.text;
  }
  if (typeof value === 'number' || typeof value === 'bigint') {
    return String(value);
  }
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}
