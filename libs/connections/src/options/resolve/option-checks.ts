import { ConfigurationError } from '../../errors/index.js';

/**
 * Checks that a word is one of those allowed.
 *
 * @throws ConfigurationError naming the option
 */
export function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === value);
  if (found === undefined) {
    throw new ConfigurationError(option, `must be one of: ${allowed.join(', ')}.`);
  }
  return found;
}

/**
 * Checks a number that may have a fraction.
 *
 * @throws ConfigurationError naming the option
 */
export function numberInRange(option: string, value: number, min: number, max: number): number {
  if (!Number.isFinite(value) || value < min || value > max) {
    throw new ConfigurationError(option, `must be a number from ${min} to ${max}.`);
  }
  return value;
}

/**
 * Checks a whole number.
 *
 * @throws ConfigurationError naming the option
 */
export function inRange(option: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new ConfigurationError(option, `must be a whole number from ${min} to ${max}.`);
  }
  return value;
}

/**
 * Applies defaults. An option that is `undefined`, as an unset environment variable, is absent.
 *
 * @param given - may lack any of them, and have others
 */
export function withDefaults<T extends object, G extends object>(
  defaults: T,
  given: G | undefined,
): Omit<G, keyof T> & T {
  const set = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(set) } as Omit<G, keyof T> & T;
}
