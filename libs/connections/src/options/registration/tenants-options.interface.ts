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
  /**
   * The client application of the tenant, one more of the same Powens domain: its owners' webviews name it, and its secret makes and
   * renews their tokens. Attempts that are under way when it changes end with `code_refused`, and are started again.
   *
   * @defaultValue null: that of option `powens`
   */
  powens?: { clientId: string; clientSecret: string } | null;
  /**
   * The redirect URI of the tenant, on a host name of its own: an absolute URL without a query, which leads to the callback of this
   * registration and is white-listed for the client application. Starts and callbacks of a browser must have one host name, as the
   * binding cookie is of that host.
   *
   * @defaultValue null: that of the registration
   */
  redirectUri?: string | null;
}

/**
 * Tenants with encryption keys, a client application or a redirect URI of their own. The tenant of a request is that of its owner; the tenant of background work is that
 * of the row.
 *
 * @see Owner.tenant
 * @public
 */
export interface TenantsOptions {
  /**
   * Loads what a tenant has of its own, when one of its owners starts, and when a token of it is made, sealed or opened. Never called for
   * owners without a tenant.
   *
   * An error that it throws is `tenant_unavailable` (503) for this tenant alone, and changes nothing. Only the name of the error is
   * logged. It is not cached, nor is the answer null.
   *
   * @param tenant - as the owner resolver named it
   * @param request - `signal` aborts when `timeoutMs` is over
   * @returns null for a tenant that is unknown or was removed: its owners cannot start, and its tokens cannot be read (`key_unavailable`)
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
