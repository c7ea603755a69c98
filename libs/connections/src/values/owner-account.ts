/**
 * What is kept of an owner's Powens user: its id there, and the sealed access token.
 *
 * @internal
 */
export interface OwnerAccount {
  /** Id of the row (uuid); part of what the envelope is bound to. */
  readonly userId: string;
  /** Id of the user at Powens, as a string. */
  readonly powensUserId: string;
  /** The envelope. */
  readonly sealedToken: string;
}
