/**
 * One option: its check, its default and its conversion in one place.
 *
 * @internal
 */
export interface Option<T> {
  /**
   * Makes the usable value of what the host gave.
   *
   * @param given - undefined when it is absent
   * @param path - of the option, as the host writes it
   * @throws ConfigurationError that never repeats the value
   */
  read(given: unknown, path: string): T;
  /** The value of an absent option, where there is one. */
  readonly fallback?: T;
  /** What a text of the environment is converted to. Absent: it stays a text. */
  readonly type?: 'number' | 'boolean';
  /**
   * Names of the options below it, of a group.
   *
   * @param given - of which they may depend
   * @returns null when they are not known for this value
   */
  readonly below?: (given: object) => OptionSet | null;
}

/**
 * Options by name.
 *
 * @internal
 */
export type OptionSet = Readonly<Record<string, Option<unknown>>>;

/**
 * What a set of options is read to.
 *
 * @internal
 */
export type ValuesOf<S extends OptionSet> = {
  readonly [N in keyof S]: S[N] extends Option<infer T> ? T : never;
};

/** Path of an option in a group. */
export function pathOf(group: string, name: string): string {
  return group === '' ? name : `${group}.${name}`;
}
