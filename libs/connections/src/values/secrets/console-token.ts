import { Secret } from './secret.js';

/**
 * A token out of the Powens console: it speaks for the domain, and for no user.
 *
 * @see https://docs.powens.com/api-reference/overview/authentication
 * @internal
 */
export class ConsoleToken extends Secret {
  /** Wraps a token that somebody copied from the console. */
  static of(value: string): ConsoleToken {
    return new ConsoleToken(value);
  }
}
