/**
 * Provides the encryption keys, for a key service (KMS) that unwraps the ring.
 *
 * It is called once, at boot. An error that it throws stops the boot and is not cached: the next start calls it again. Only the
 * name of the error is reported, since messages of parsers quote their input; log inside the provider what an operator
 * needs.
 *
 * @public
 */
export interface KeyProvider {
  /**
   * Loads the ring.
   *
   * @param request - `signal` aborts when `keyProviderTimeoutMs` is over: pass it to the client of the key service
   * @returns what option `keys` would hold: `id:base64` entries, the primary first
   */
  loadKeys(request: { readonly signal: AbortSignal }): Promise<string | readonly string[]>;
}
