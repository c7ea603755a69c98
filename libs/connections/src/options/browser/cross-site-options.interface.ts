/**
 * Requests that pages of other origins make a browser send. By default none of them changes anything, and a link to
 * `GET {path}/connect` leads to a page that asks the person first.
 *
 * @public
 */
export interface CrossSiteOptions {
  /**
   * Path of the application's own page for a person whom another site or a mail sent to `GET {path}/connect`: the browser is
   * redirected there with the query of the start. Its link must lead to `GET {path}/connect` of this origin, with that query; do
   * not follow it by a script or a redirect.
   *
   * @defaultValue a page of the library
   */
  confirmPage?: string;
  /**
   * Origins of the application's front ends, when they are not the origin of `publicUrl`: `['https://app.example.com']`. Their
   * pages may send every request of an owner, and link to `GET {path}/connect` without a confirmation. CORS is configured in the
   * application. A browser stores the binding cookie of a `fetch` only when the front end is on the same site, such as another
   * subdomain; a front end on another site links to `GET {path}/connect`.
   *
   * @defaultValue `[]`
   */
  trustedOrigins?: readonly string[];
}
