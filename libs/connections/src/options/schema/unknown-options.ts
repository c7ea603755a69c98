import type { ConfigurationProblem } from '../../errors/index.js';
import { nearestOf } from './nearest.js';
import { pathOf, type OptionSet } from './option.js';

/**
 * Finds the names that no option has, at every depth. Objects of a class are left out: their other properties are the host's.
 *
 * @param options - that there are
 * @param given - by the host
 * @param searched - for the nearest name
 */
export function unknownOptions(
  options: OptionSet,
  given: unknown,
  searched = options,
): readonly ConfigurationProblem[] {
  const known = pathsOf(searched, given, '');
  return unknownPaths(options, given, '').map((path) => ({ option: path, problem: problemOf(path, known) }));
}

function problemOf(path: string, known: readonly string[]): string {
  const nearest = nearestOf(path, known);
  return nearest === null ? 'is unknown. Remove it.' : `is unknown. Did you mean "${nearest}"?`;
}

function unknownPaths(options: OptionSet, given: unknown, path: string): string[] {
  if (!isPlainObject(given)) {
    return [];
  }
  return Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => {
      const at = pathOf(path, name);
      const option = Object.hasOwn(options, name) ? options[name] : undefined;
      if (option === undefined) {
        return [at];
      }
      const below = isPlainObject(value) ? option.below?.(value) : undefined;
      return below ? unknownPaths(below, value, at) : [];
    });
}

/** Every path that there is, for what was given. */
function pathsOf(options: OptionSet, given: unknown, path: string): string[] {
  return Object.entries(options).flatMap(([name, option]) => {
    const at = pathOf(path, name);
    const value = isPlainObject(given) ? ((given as Record<string, unknown>)[name] ?? {}) : {};
    return [at, ...pathsOf(option.below?.(value) ?? {}, value, at)];
  });
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
