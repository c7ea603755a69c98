import { Secret } from './secret.js';

/**
 * What an end user types to prove who they are at their bank: a login, a password, a one-time code. On its way through,
 * never kept.
 *
 * @internal
 */
export class Credential extends Secret {
  static of(value: string): Credential {
    return new Credential(value);
  }
}
