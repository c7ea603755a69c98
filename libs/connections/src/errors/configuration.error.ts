import { ConnectionsError } from './connections.error.js';

/**
 * The module cannot start: an option is missing, contradictory or unsafe. The message names the option and says what
 * to set, and never repeats a value (it may be a secret).
 *
 * @public
 */
export class ConfigurationError extends ConnectionsError {
  /** @param option - path of the option, as the host writes it: `powens.clientId` */
  constructor(
    readonly option: string,
    problem: string,
  ) {
    super('configuration_invalid', `ConnectionsModule: option "${option}" ${problem}`);
  }
}
