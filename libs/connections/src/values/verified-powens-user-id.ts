declare const VERIFIED: unique symbol;

/**
 * Id of a Powens user whose row was found authentic, and bound to the provider that is configured. Token custody makes it
 * and nothing else: whatever acts by a user's id with the client secret asks for one, so that an id that was edited in the
 * database never reaches Powens.
 *
 * @internal
 */
export type VerifiedPowensUserId = string & { readonly [VERIFIED]: true };
