declare const VERIFIED: unique symbol;

/**
 * Id of a Powens user whose row was found authentic, and bound to the provider that is configured. Token custody makes it
 * and nothing else: whatever acts by a user's id with the client secret asks for one, so that an id that was edited in the
 * database never reaches Powens.
 *
 * @internal
 */
export type VerifiedPowensUserId = string & { readonly [VERIFIED]: true };

/**
 * What decides which bank a row of a connection stands for: fixed when Powens told of it.
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
 * Why a connection may be deleted at Powens: its owner asked for it, or nobody confirmed it in time.
 *
 * @internal
 */
export type RemovalReason = 'requested' | 'unconfirmed';

declare const DELETABLE: unique symbol;

/**
 * Id of a connection that may be deleted at Powens: its row, and the intent to delete it, were found authentic. Whatever deletes
 * a connection there asks for one, so that an id that was edited in the database never reaches Powens.
 *
 * @internal
 */
export type DeletableConnectionId = string & { readonly [DELETABLE]: true };

/**
 * Names a connection that Powens itself made for a call of this process, and that no row knows.
 *
 * @internal
 */
export function justMade(powensConnectionId: string): DeletableConnectionId {
  return powensConnectionId as DeletableConnectionId;
}
