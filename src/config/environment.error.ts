/**
 * The environment cannot be used. Every problem is reported at once with its variable; values are not
 * repeated, since some are secrets.
 */
export class EnvironmentError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The environment cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = EnvironmentError.name;
  }
}
