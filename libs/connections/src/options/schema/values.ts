import { ConfigurationError } from '../../errors/index.js';
import type { Option } from './option.js';

/** Makes a whole number with a default. */
export function whole(min: number, max: number, fallback: number): Option<number> {
  return numberThat(Number.isInteger, `a whole number from ${min} to ${max}`, [min, max], fallback);
}

/** Makes a number with a default that may have a fraction. */
export function decimal(min: number, max: number, fallback: number): Option<number> {
  return numberThat(Number.isFinite, `a number from ${min} to ${max}`, [min, max], fallback);
}

/** Makes a switch with a default. The text `'false'` is no value of it: it would switch on. */
export function flag(fallback: boolean): Option<boolean> {
  return {
    fallback,
    type: 'boolean',
    read: (given = fallback, path) => {
      if (typeof given !== 'boolean') {
        throw new ConfigurationError(path, 'must be true or false.');
      }
      return given;
    },
  };
}

/** Makes a switch that is off, and must not be on in production. */
export function developmentFlag(production: boolean): Option<boolean> {
  const allowed = flag(false);
  return {
    ...allowed,
    read: (given, path) => {
      if (production && given === true) {
        throw new ConfigurationError(path, 'must not be set when NODE_ENV is production.');
      }
      return allowed.read(given, path);
    },
  };
}

/** Makes a choice of words with a default. */
export function word<W extends string>(words: readonly W[], fallback: W): Option<W> {
  return {
    fallback,
    read: (given = fallback, path) => {
      const found = words.find((one) => one === given);
      if (found === undefined) {
        throw new ConfigurationError(path, `must be one of: ${words.join(', ')}.`);
      }
      return found;
    },
  };
}

/**
 * Makes a text with a default.
 *
 * @param check - which texts are allowed, and how the sentence about another one continues after the name of the option
 */
export function text(check: TextCheck, fallback: string): Option<string> {
  return { fallback, read: (given = fallback, path) => checkedText(given, path, check) };
}

/** Makes a text without which the module cannot start. */
export function requiredText(missing: string, check?: TextCheck): Option<string> {
  return {
    read: (given, path) => {
      if (given === undefined || given === '') {
        throw new ConfigurationError(path, missing);
      }
      return checkedText(given, path, check);
    },
  };
}

/** Makes an option of the host's own: a function, or an object with a method. It is checked, never looked into. */
export function own<T>(isUsable: (given: object) => boolean, problem: string): Option<T | null> {
  return {
    fallback: null,
    read: (given, path) => {
      if (given === undefined) {
        return null;
      }
      const isObject = typeof given === 'function' || (typeof given === 'object' && given !== null);
      if (!isObject || !isUsable(given)) {
        throw new ConfigurationError(path, problem);
      }
      return given as T;
    },
  };
}

/** Whether an object has a method. */
export function hasMethod(name: string): (given: object) => boolean {
  return (given) => typeof (given as Record<string, unknown>)[name] === 'function';
}

/** Which texts are allowed. */
export interface TextCheck {
  readonly pattern: RegExp;
  readonly problem: string;
}

function checkedText(given: unknown, path: string, check?: TextCheck): string {
  if (typeof given !== 'string') {
    throw new ConfigurationError(path, 'must be a text.');
  }
  if (check !== undefined && !check.pattern.test(given)) {
    throw new ConfigurationError(path, check.problem);
  }
  return given;
}

function numberThat(
  isOne: (given: unknown) => boolean,
  what: string,
  [min, max]: readonly [number, number],
  fallback: number,
): Option<number> {
  return {
    fallback,
    type: 'number',
    read: (given = fallback, path) => {
      if (!isOne(given) || (given as number) < min || (given as number) > max) {
        throw new ConfigurationError(path, `must be ${what}.`);
      }
      return given as number;
    },
  };
}
