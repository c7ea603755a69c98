/**
 * Where browsers are redirected after the callback.
 *
 * @public
 */
export interface ReturnToOptions {
  /**
   * Where to redirect when the start named no target: a path of the own origin, or the name of a target.
   *
   * @defaultValue the attempt's own route, `/connections/attempts/<id>`
   */
  default?: string;
  /**
   * Targets by name, for front ends on another origin: `{ app: 'https://app.example.com/banks' }`. `returnTo: 'app'`
   * then leads there. Anything that is not a name must be a path of the own origin.
   *
   * @defaultValue `{}`
   */
  targets?: Readonly<Record<string, string | ReturnToTarget>>;
}

/**
 * A target, who completes the attempts that return there, and in which window they are shown.
 *
 * @public
 */
export interface ReturnToTarget {
  /**
   * `https://app.example.com/banks`. With `complete: 'confirm'` also an address of a native application, by a scheme of its own that
   * is a domain name in reverse order: `com.example.app:/banks`.
   *
   * @see RFC 8252 section 7
   */
  readonly url: string;
  /**
   * - `callback`: the callback completes the attempt, in the browser that started it: its binding is in a cookie
   * - `confirm`: the callback completes nothing. It passes a sealed ticket to the application, which completes the attempt by an
   *   authenticated request of its own, with the ticket and the binding that the answer of the start contained. For native
   *   applications, and for single-page applications that send a bearer token
   *
   * @defaultValue `'callback'`
   */
  readonly complete?: 'callback' | 'confirm';
  /**
   * In which window of the application the webview is shown:
   *
   * - `page`: in the page itself. The callback redirects the browser to `url`
   * - `popup`: in a window that a page of the application opened. The callback answers a page which posts the result to the window that
   *   opened it, if that is of the origin of `url`, and closes itself. Without such a window it leads to `url`
   * - `frame`: in a frame of a page of the application. As `popup`, for the page that contains the frame, which must be of the origin of
   *   `url`. With `complete: 'confirm'` only: browsers do not send the binding cookie in a frame
   *
   * @defaultValue `'page'`
   * @see docs/popup.md
   */
  readonly display?: 'page' | 'popup' | 'frame';
}
