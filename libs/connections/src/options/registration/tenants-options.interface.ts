/**
 * What a tenant has of its own.
 *
 * @public
 */
export interface TenantSettings {
  /**
   * The encryption keys of the tenant, as option `keys` takes them: the first one seals, all open. The access tokens of its owners
   * are sealed with them, and the result with the keys of the application. Without them nothing can read its tokens any more.
   * Null: the tenant has none, its tokens are sealed with the keys of the application alone.
   */
  keys: string | readonly string[] | null;
}

/**
 * Tenants with encryption keys of their own. The tenant of a request is that of its owner; the tenant of background work is that
 * of the row.
 *
 * @see Owner.tenant
 * @public
 */
export interface TenantsOptions {
  /**
   * Loads what a tenant has of its own, when a token of it is sealed or opened. Never called for owners without a tenant.
   *
   * An error that it throws is `tenant_unavailable` (503) for this tenant alone, and changes nothing. Only the name of the error is
   * logged. It is not cached, nor is the answer null.
   *
   * @param tenant - as the owner resolver named it
   * @param request - `signal` aborts when `timeoutMs` is over
   * @returns null for a tenant that is unknown or was removed: its tokens cannot be read (`key_unavailable`)
   */
  resolve(
    tenant: string,
    request: { readonly signal: AbortSignal },
  ): TenantSettings | null | Promise<TenantSettings | null>;
  /** How long a process keeps what was loaded. Concurrent requests for one tenant share one call. */
  cache?: {
    /**
     * Tenants that are kept; the one that was not used for longest goes first.
     *
     * @defaultValue 1000
     */
    max?: number;
    /**
     * Seconds after which a tenant is loaded again: as long, at most, a process still uses a key that was removed. 0: at each use.
     *
     * @defaultValue 60
     */
    ttlSeconds?: number;
  };
  /**
   * Milliseconds that `resolve` may take.
   *
   * @defaultValue 5000
   */
  timeoutMs?: number;
}
