import { ConfigurationError } from '../../errors/index.js';
import { pathOf, type Option, type OptionSet, type ValuesOf } from './option.js';
import { ConfigurationProblems } from './problems.js';

/**
 * Makes an option that is an object of options. An absent one is an empty one, so that each option below it says whether it is
 * required.
 */
export function group<S extends OptionSet>(options: S): Option<ValuesOf<S>> {
  return {
    below: () => options,
    read: (given = {}, path) => valuesOf(options, objectOf(given, path), path),
  };
}

/** Makes a group that is read to something else. */
export function groupTo<S extends OptionSet, T>(options: S, to: (values: ValuesOf<S>) => T): Option<T> {
  const values = group(options);
  return { below: () => options, read: (given, path) => to(values.read(given, path)) };
}

/**
 * Checks that a value may hold options.
 *
 * @throws ConfigurationError naming the option
 */
export function objectOf(given: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ConfigurationError(path, 'must be an object.');
  }
  return given as Readonly<Record<string, unknown>>;
}

function valuesOf<S extends OptionSet>(
  options: S,
  given: Readonly<Record<string, unknown>>,
  path: string,
): ValuesOf<S> {
  const problems = new ConfigurationProblems();
  const values = Object.entries(options).map(([name, option]) => [
    name,
    problems.collect(() => option.read(given[name], pathOf(path, name))),
  ]);
  problems.assertNone();
  return Object.fromEntries(values) as ValuesOf<S>;
}
