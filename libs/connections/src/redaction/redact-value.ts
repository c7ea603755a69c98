import { isStream, streamFields } from './http-message.js';
import { plainOf } from './plain-value.js';
import { redactText, redactUrl } from './text/redact-text.js';
import { isWord, REDACTED, sensitivityOf } from './text/sensitive-names.js';

const MAX_DEPTH = 12;
const MAX_NODES = 20_000;
const TOO_MUCH = '[not shown: too deep or too large to be redacted]';
const UNREADABLE = '[not shown: it cannot be read]';

/** Names of strings that are a query without its question mark. */
const QUERY_NAMES = /^(query_?string|querystring|search|query|url\.query|http\.query)$/i;

/**
 * Removes secrets from a copy of anything before it is logged or sent to a tracker: by name in objects, headers and
 * `Map`s, by form in texts, messages and stacks of errors included. What is too deep or too large is left out as a whole.
 *
 * A request, a response or another stream becomes an object with its method, address, status and headers. A function with
 * properties becomes its name. What throws when it is read is left out. Never throws.
 *
 * @public
 */
export function redact<T>(value: T): T {
  return new Redaction().of(value, 0) as T;
}

/** One walk, with its budget. */
class Redaction {
  readonly #seen = new Map<object, unknown>();
  #nodes = 0;

  of(value: unknown, depth: number, name = ''): unknown {
    if (typeof value === 'string') {
      return QUERY_NAMES.test(name) ? redactUrl(value) : redactText(value);
    }
    if (typeof value === 'function') {
      return Object.keys(value).length === 0 ? value : `[Function: ${value.name}]`;
    }
    return typeof value === 'object' && value !== null ? this.object(value, depth) : value;
  }

  private object(value: object, depth: number): unknown {
    const known = this.#seen.get(value);
    if (known !== undefined) {
      return known;
    }
    this.#nodes += 1;
    if (depth > MAX_DEPTH || this.#nodes > MAX_NODES) {
      return TOO_MUCH;
    }
    try {
      return this.copyOf(value, depth);
    } catch {
      // A getter, a `toJSON` or a proxy of the value threw: what logs it must not fail because of that.
      return UNREADABLE;
    }
  }

  private copyOf(value: object, depth: number): unknown {
    if (value instanceof Date || value instanceof RegExp) {
      return value;
    }
    if (isStream(value)) {
      return this.of(streamFields(value), depth);
    }
    if (Array.isArray(value)) {
      return this.list(value, depth);
    }
    if (value instanceof Error) {
      return this.error(value, depth);
    }
    const plain = plainOf(value);
    if (typeof plain !== 'object' || plain === null || plain !== value) {
      return this.of(plain, depth + 1);
    }
    const copy: Record<string, unknown> = {};
    this.#seen.set(value, copy);
    this.fill(copy, value, depth);
    return copy;
  }

  /** Alternating names and values, as `rawHeaders`, are judged as what they are. */
  private list(items: readonly unknown[], depth: number): unknown[] {
    const copy: unknown[] = [];
    this.#seen.set(items, copy);
    const isRawHeaders = items.length > 1 && items.length % 2 === 0 && items.every(isHeaderPart);
    items.forEach((item, index) => {
      const name = isRawHeaders && index % 2 === 1 ? String(items[index - 1]) : '';
      copy.push(this.named(name, item, depth));
    });
    return copy;
  }

  /** An error of the same class: loggers and trackers use it. */
  private error(error: Error, depth: number): Error {
    const copy = Object.create(Object.getPrototypeOf(error) as object) as Error;
    this.#seen.set(error, copy);
    for (const key of ['message', 'stack'] as const) {
      const value = error[key];
      if (value !== undefined) define(copy, key, redactText(value));
    }
    if (error.cause !== undefined) {
      define(copy, 'cause', this.of(error.cause, depth + 1));
    }
    if (error instanceof AggregateError) {
      define(copy, 'errors', this.of(error.errors, depth + 1));
    }
    this.fill(copy as unknown as Record<string, unknown>, error, depth);
    return copy;
  }

  private fill(copy: Record<string, unknown>, from: object, depth: number): void {
    for (const name of Object.keys(from)) {
      const judged = name === 'value' ? labelOf(from) : name;
      define(copy, name, this.named(judged, readable(from, name), depth), true);
    }
  }

  private named(name: string, value: unknown, depth: number): unknown {
    const sensitivity = sensitivityOf(name.slice(name.lastIndexOf('.') + 1));
    const isSecret = sensitivity === 'secret' || (sensitivity === 'ambiguous' && !hasWords(value));
    const isEmpty = value === null || value === undefined || value === '' || typeof value === 'boolean';
    return isSecret && !isEmpty ? REDACTED : this.of(value, depth + 1, name);
  }
}

/** A parameter that is sent twice is a list. */
function hasWords(value: unknown): boolean {
  try {
    return Array.isArray(value) ? value.every(isWord) : isWord(value);
  } catch {
    // It cannot be read: there is nothing to show.
    return true;
  }
}

/** In lists of headers, parameters and attributes, the name is a value, too: `{ name: 'Cookie', value: '…' }`. */
function labelOf(from: object): string {
  const labels = ['name', 'key'].map((name) => readable(from, name));
  return labels.find((label) => typeof label === 'string') ?? 'value';
}

/** `__proto__` is a name like any other here. */
function define(target: object, name: string, value: unknown, enumerable = false): void {
  Object.defineProperty(target, name, { value, enumerable, configurable: true, writable: true });
}

function readable(from: object, name: string): unknown {
  try {
    return (from as Record<string, unknown>)[name];
  } catch {
    return UNREADABLE;
  }
}

function isHeaderPart(item: unknown): boolean {
  return typeof item === 'string';
}
