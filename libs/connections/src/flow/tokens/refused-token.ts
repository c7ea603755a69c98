import type { PowensApiError } from '../../errors/index.js';
import type { AccessToken } from '../../values/secrets/access-token.js';

/** How a call with an owner's token treats a token that Powens no longer accepts. */
export interface RefusedTokenOptions {
  /** Whether the call belongs to a request of the owner. */
  readonly ownerIsPresent?: boolean;
  /** Makes the error of a call whose token may not be renewed; the refusal of Powens itself where it is absent. */
  readonly notRenewable?: (refusal: PowensApiError) => Error;
  /** Whether Powens accepts the token elsewhere, so that its 401 is about the resource; not asked where it is absent. */
  readonly isAccepted?: (token: AccessToken) => Promise<boolean>;
}
