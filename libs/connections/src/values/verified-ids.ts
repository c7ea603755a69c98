declare const VERIFIED: unique symbol;

/**
 * Id of a Powens user whose row was found authentic, and bound to the provider that is configured. Only token
 * custody creates it: every call that uses a user's id with the client secret requires one, so that an id that was edited in
 * the database never reaches Powens.
 *
 * @internal
 */
export type VerifiedPowensUserId = string & { readonly [VERIFIED]: true };

/**
 * The ids that determine which bank a row of a connection stands for: fixed when Powens reported it.
 *
 * @internal
 */
export interface BoundConnection {
  /** Id of the row (uuid). */
  readonly id: string;
  /** Id of the row of its Powens user, which has an authenticator of its own. */
  readonly userId: string;
  /** Id at Powens. */
  readonly powensConnectionId: string;
}

/**
 * Why a connection may be deleted at Powens: its owner requested it, or it was not confirmed in time.
 *
 * @internal
 */
export type RemovalReason = 'requested' | 'unconfirmed';

declare const DELETABLE: unique symbol;

/**
 * Id of a connection that may be deleted at Powens: its row, and the intent to delete it, were found authentic. Every deletion
 * there requires one, so that an id that was edited in the database never reaches Powens.
 *
 * @internal
 */
export type DeletableConnectionId = string & { readonly [DELETABLE]: true };

/**
 * Wraps the id of a connection that Powens created for a call of this process, and that has no row.
 *
 * @internal
 */
export function justMade(powensConnectionId: string): DeletableConnectionId {
  return powensConnectionId as DeletableConnectionId;
}
