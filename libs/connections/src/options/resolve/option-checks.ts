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
