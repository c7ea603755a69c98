/**
 * The client application at Powens.
 *
 * @see https://docs.powens.com/api-reference/overview/authentication
 * @public
 */
export interface PowensOptions {
  /** The domain's short name (`acme-sandbox`) or host (`acme-sandbox.biapi.pro`). */
  domain: string;
  /** Digits. */
  clientId: string;
  /** The client secret. Leaves this process only towards {@link PowensOptions.apiUrl}. */
  clientSecret: string;
  /**
   * Root of the API.
   *
   * @defaultValue `https://{domain}.biapi.pro/2.0`
   */
  apiUrl?: string;
  /**
   * Names the Powens that the stored users belong to, where `apiUrl` only leads to it: a gateway whose address may change, or a
   * local sandbox on another port at each start. Nothing is sent there. A wrong value shows people the accounts of strangers:
   * whoever sets it makes sure that all addresses behind one name are the same Powens.
   *
   * @defaultValue `apiUrl` without the version
   */
  providerOrigin?: string;
  /**
   * Root of the webview.
   *
   * @defaultValue `https://webview.powens.com`
   */
  webviewUrl?: string;
  /**
   * Milliseconds to open a connection to the API.
   *
   * @defaultValue 3000
   * @see RL-14
   */
  connectTimeoutMs?: number;
  /**
   * Milliseconds for a whole call, answer included, retries included. For a call that must not be repeated, as the code
   * exchange, they count from the moment it is sent: it is never sent with a part of its time.
   *
   * @defaultValue 15000
   * @see RL-14
   */
  totalTimeoutMs?: number;
  /**
   * Sockets kept open to the API, per process; further calls wait.
   *
   * @defaultValue 50
   * @see RL-17
   */
  maxSockets?: number;
  /**
   * Sends `redirect_uri` with the code exchange. The reference page does not list the parameter, the SDK does.
   *
   * @defaultValue false
   */
  sendRedirectUri?: boolean;
  /**
   * The "users token" of the console, which lists all users of the domain. With it, the regular comparison reports users
   * that no account here belongs to.
   *
   * @defaultValue none: they are not looked for
   * @see ReconciliationReport
   */
  usersToken?: string;
}
