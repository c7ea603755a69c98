import { Secret } from './secret.js';

/**
 * The temporary code that a callback carries, decoded exactly once. It may contain `+`, `/` and `=`.
 *
 * @internal
 */
export class AuthorizationCode extends Secret {
  static of(value: string): AuthorizationCode {
    return new AuthorizationCode(value);
  }
}
