import { ConnectionsError } from './connections.error.js';

/**
 * What is wrong with one option.
 *
 * @public
 */
export interface ConfigurationProblem {
  /** Path of the option, as the host writes it: `powens.clientId`. */
  readonly option: string;
  /** What is wrong and what to set; never a value. */
  readonly problem: string;
}

/**
 * The module cannot start: options are missing, unknown, contradictory or unsafe. The message names each of them and says what
 * to set, and never repeats a value (it may be a secret).
 *
 * @public
 */
export class ConfigurationError extends ConnectionsError {
  /** Every problem that was found, the one of {@link ConfigurationError.option} first. */
  readonly problems: readonly ConfigurationProblem[];

  /**
   * @param option - path of the option, as the host writes it: `powens.clientId`
   * @param problem - what is wrong and what to set
   * @param others - problems of further options
   */
  constructor(
    readonly option: string,
    problem: string,
    others: readonly ConfigurationProblem[] = [],
  ) {
    const problems = [{ option, problem }, ...others];
    super('configuration_invalid', `ConnectionsModule: ${textOf(problems)}`);
    this.problems = problems;
  }
}

function textOf(problems: readonly ConfigurationProblem[]): string {
  const lines = problems.map(({ option, problem }) => `option "${option}" ${problem}`);
  return lines.length === 1
    ? lines.join()
    : `${lines.length} options cannot be used.\n${lines.map((line) => `- ${line}`).join('\n')}`;
}
