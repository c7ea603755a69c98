import { Secret } from './secret.js';

/**
 * A token of the Powens console: it authorizes calls for the domain, not for a user.
 *
 * @see https://docs.powens.com/api-reference/overview/authentication
 * @internal
 */
export class ConsoleToken extends Secret {
  /** Wraps a token that was copied from the console. */
  static of(value: string): ConsoleToken {
    return new ConsoleToken(value);
  }
}
