import { ConfigurationError, type ConfigurationProblem } from '../../errors/index.js';

/** Collects the problems of several options, so that one start reports everything to repair. */
export class ConfigurationProblems {
  readonly #found: ConfigurationProblem[] = [];

  /** What was found so far. */
  get all(): readonly ConfigurationProblem[] {
    return this.#found;
  }

  add(...problems: readonly ConfigurationProblem[]): void {
    this.#found.push(...problems);
  }

  /**
   * Runs a check, and keeps the problems that it finds.
   *
   * @returns undefined when it found one
   */
  collect<T>(check: () => T): T | undefined {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof ConfigurationError)) {
        throw error;
      }
      this.add(...error.problems);
      return undefined;
    }
  }

  /** @throws ConfigurationError with all of them */
  assertNone(): void {
    const [first, ...others] = this.#found;
    if (first !== undefined) {
      throw new ConfigurationError(first.option, first.problem, others);
    }
  }
}
