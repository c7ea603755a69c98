import { type HttpDispatcher } from './http-dispatcher.interface.js';

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
  /** The client secret. Sent only to {@link PowensOptions.apiUrl}. */
  clientSecret: string;
  /**
   * Root of the API.
   *
   * @defaultValue `https://{domain}.biapi.pro/2.0`
   */
  apiUrl?: string;
  /**
   * Names the Powens deployment that the stored users belong to, when `apiUrl` is only a route to it: a gateway whose address
   * may change, or a local sandbox on another port at each start. Nothing is sent there. A wrong value shows users other
   * people's accounts: make sure that all addresses behind one name are the same Powens.
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
   */
  connectTimeoutMs?: number;
  /**
   * Milliseconds for a whole call, answer included, retries included. For a call that must not be repeated, as the code
   * exchange, they count from the moment it is sent: it is never sent with a part of its time.
   *
   * @defaultValue 15000
   */
  totalTimeoutMs?: number;
  /**
   * Sockets kept open to the API, per process; further calls wait.
   *
   * @defaultValue 50
   */
  maxSockets?: number;
  /**
   * Sends the calls to Powens through a dispatcher of undici 7 or 8, in place of connections of its own: an egress proxy
   * (`ProxyAgent`), mutual TLS (`Agent` with a client certificate), a test double (`MockAgent`). Deadline, size limit, the
   * one origin and `maxSockets` (as the number of calls at a time) hold as before. The dispatcher decides how connections
   * are made, so `connectTimeoutMs` is its own; close it when the application has shut down.
   *
   * It must not repeat requests, follow redirects or cache: a code exchange would be sent twice, or a secret elsewhere. It
   * should close an idle connection within 5 s, as undici does by default: calls that are not idempotent share its
   * connections, and one that meets a close ends as `powens_timeout`.
   *
   * @defaultValue none: connections straight to {@link PowensOptions.apiUrl}, `HTTPS_PROXY` is ignored
   * @example
   * dispatcher: new ProxyAgent({ uri: 'http://egress.internal:3128' })
   */
  dispatcher?: HttpDispatcher;
  /**
   * Sends `redirect_uri` with the code exchange. The reference page does not list the parameter, the SDK does.
   *
   * @defaultValue false
   */
  sendRedirectUri?: boolean;
  /**
   * The "users token" of the console, which lists all users of the domain. With it, the regular comparison reports Powens
   * users without a row here.
   *
   * @defaultValue none: they are not searched
   * @see ReconciliationReport
   */
  usersToken?: string;
  /**
   * Stops calling Powens for a while when most calls fail, so that requests of the host fail at once and Powens recovers.
   * `false` switches it off. Reads, writes and the exchange of codes have a breaker each, in each process: an exchange is never
   * prevented by failing reads.
   *
   * @defaultValue `{}`: on, with the defaults of {@link CircuitBreakerOptions}
   */
  circuitBreaker?: CircuitBreakerOptions | false;
}

/**
 * When calls to Powens are no longer sent. A call that is not sent ends as `powens_unreachable` with the seconds to wait, which
 * the routes answer with 503 and `Retry-After`; an attempt stays as it is, and its code is not used. Failures are calls without
 * an answer and answers from 500 on; each try of a call counts.
 *
 * @public
 */
export interface CircuitBreakerOptions {
  /**
   * Per cent of the tries within {@link CircuitBreakerOptions.windowSeconds} above which the breaker opens.
   *
   * @defaultValue 50
   */
  failurePercent?: number;
  /**
   * Tries within the window below which it stays closed.
   *
   * @defaultValue 20
   */
  minCalls?: number;
  /**
   * Seconds that are counted.
   *
   * @defaultValue 30
   */
  windowSeconds?: number;
  /**
   * Seconds that it stays open, up to a fifth less at random. Then one call is sent: an answer closes the breaker.
   *
   * @defaultValue 5
   */
  openSeconds?: number;
  /**
   * Seconds that it stays open at most: they double with each call that fails after a pause.
   *
   * @defaultValue 60
   */
  maxOpenSeconds?: number;
}
