import type { ProviderBinding } from './provider-binding.js';

/**
 * The stored Powens user of an owner: its id at Powens, and the sealed access token.
 *
 * @internal
 */
export interface OwnedPowensUser {
  /** Id of the row (uuid); part of what the envelope is bound to. */
  readonly userId: string;
  /** Id of the user at Powens, as a string. */
  readonly powensUserId: string;
  /** The provider that the row belongs to; rows of another provider are not used. */
  readonly provider: ProviderBinding;
  /** The envelope. */
  readonly sealedToken: string;
}
