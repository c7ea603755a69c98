/**
 * Limits of one owner and of one browser.
 *
 * @public
 */
export interface LimitOptions {
  /**
   * Attempts that one owner, and one browser, may have pending at the same time; a further start is answered 429 with
   * `Retry-After`. Starts that run at the same moment may exceed it by their number.
   *
   * @defaultValue 50
   */
  pendingAttempts?: number;
  /**
   * Callbacks that one browser may make per minute and process; a further one is answered 429 with `Retry-After`, and its
   * attempt is left as it is.
   *
   * @defaultValue 600
   */
  callbacksPerMinute?: number;
}
