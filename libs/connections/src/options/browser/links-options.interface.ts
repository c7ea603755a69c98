/**
 * Pages of share links. By default those of the library, which need nothing.
 *
 * @see ShareLinksService
 * @public
 */
export interface LinksOptions {
  /**
   * Path of the application's own page that a link leads to, in place of `GET {path}/links/open`. The parameter `token` is added. It must
   * start nothing by itself, and post to `{path}/links/open?token=…` when the person continues.
   *
   * @defaultValue a page of the library
   */
  openPage?: string;
  /**
   * Path of the application's page where people sign in. A browser without a signed-in user is redirected there with the parameter
   * `returnTo`, the path that opens the link again.
   *
   * @defaultValue a page of the library that asks the person to sign in and to open the link again
   */
  signInPage?: string;
}
