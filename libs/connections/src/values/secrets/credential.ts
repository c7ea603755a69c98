import { Secret } from './secret.js';

/**
 * A credential that an end user enters for their bank: a login, a password, a one-time code. It is forwarded, never stored.
 *
 * @internal
 */
export class Credential extends Secret {
  static of(value: string): Credential {
    return new Credential(value);
  }
}
