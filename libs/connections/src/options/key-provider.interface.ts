/**
 * Gives the encryption keys: the place for a key service (KMS) that unwraps the ring.
 *
 * It is asked once, at boot. What it throws stops the boot and is not remembered: the next start asks again. Of the
 * error only its name is told, since messages of parsers quote what they parse; log inside the provider what an operator
 * needs.
 *
 * @see TC-10, TC-11
 * @public
 */
export interface KeyProvider {
  /**
   * Loads the ring.
   *
   * @param request - `signal` aborts when `keyProviderTimeoutMs` is over: hand it to the client of the key service
   * @returns what option `keys` would hold: `id:base64` entries, the primary first
   */
  loadKeys(request: { readonly signal: AbortSignal }): Promise<string | readonly string[]>;
}
