import type { ProviderBinding } from './provider-binding.js';

/**
 * What is kept of an owner's Powens user: its id there, and the sealed access token.
 *
 * @internal
 */
export interface OwnedPowensUser {
  /** Id of the row (uuid); part of what the envelope is bound to. */
  readonly userId: string;
  /** Id of the user at Powens, as a string. */
  readonly powensUserId: string;
  /** The provider that the row belongs to; nothing is done with a row of another one. */
  readonly provider: ProviderBinding;
  /** The envelope. */
  readonly sealedToken: string;
}
