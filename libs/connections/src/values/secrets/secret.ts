const REDACTED = '[redacted]';

/**
 * A string that must not leak: it prints `[redacted]` in every way a value can be printed, and only
 * {@link Secret.use} reveals it.
 *
 * @public
 */
export abstract class Secret {
  // A private #field, not a TypeScript `private`: spread, JSON, inspect and structuredClone cannot reach it.
  readonly #value: string;

  protected constructor(value: string) {
    this.#value = value;
  }

  /**
   * Reveals the value to `reveal` and returns what that returns. Do not keep, log or return the string.
   *
   * @param reveal - uses the clear value; may be asynchronous
   */
  use<T>(reveal: (value: string) => T): T {
    return reveal(this.#value);
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}
