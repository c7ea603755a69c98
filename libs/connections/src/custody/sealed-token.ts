/** A sealed token with the key that sealed it, and the authenticator that the same key made of its row. */
export interface SealedToken {
  readonly sealedToken: string;
  readonly keyId: string;
  readonly authenticator: string;
}
