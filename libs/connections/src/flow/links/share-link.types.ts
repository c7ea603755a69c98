import type { StartRequest } from '../connect/connect-flow.types.js';

/**
 * Options of a link: those of the start that it leads to, and how long and how often it can be used.
 *
 * @public
 */
export interface ShareLinkRequest extends StartRequest {
  /**
   * Minutes after which the link cannot be used any more: 5 to 10080, which are seven days.
   *
   * @defaultValue 1440, which is one day
   */
  readonly expiresInMinutes?: number;
  /**
   * Starts that the link allows: 1 to 20. A person who closes the webview needs another one.
   *
   * @defaultValue 1
   */
  readonly maxUses?: number;
}

/**
 * A link by which the owner starts a connection in a browser of their own. It grants nothing: it works only for a browser in which that
 * owner is signed in.
 *
 * @public
 */
export interface ShareLink {
  readonly id: string;
  /** For the owner, by mail or message. It leads to a page that asks whether to continue. Not stored: it cannot be read again. */
  readonly url: string;
  /** Parameter `token` of the `url`, for applications with routes of their own. */
  readonly token: string;
  readonly expiresAt: Date;
  readonly maxUses: number;
}

/**
 * The browser that opens a link.
 *
 * @public
 */
export interface OpenLinkOptions {
  /** The binding that the browser already has, as for a start. */
  readonly binding?: string | null;
  /** Language of the webview when the link names none. */
  readonly lang?: string;
}
