import type { IncomingHttpHeaders } from 'node:http';
import type { CallbackResult, OwnerLike } from '../../options/index.js';
import type { HtmlPage } from '../pages/result.page.js';

/**
 * A callback that a route of the application received.
 *
 * @public
 */
export interface CallbackRequest {
  /** The query as received, or the whole `request.url`. Not parsed: a parser would hide a parameter that is repeated. */
  readonly query: string;
  /** Of the browser's cookie, as {@link HostRoutesService.readBinding} reads it; null when there is none. */
  readonly binding: string | null;
  /** The signed-in user; absent when no user is signed in or this is unknown, and the binding alone decides. */
  readonly principal?: OwnerLike;
}

/**
 * The attempt of a callback: completed, ended otherwise, or being completed in the background.
 *
 * @public
 */
export interface CompletedAttempt extends CallbackResult {
  /** Where the browser can start again, for an attempt with an unknown outcome; null for every other one. */
  readonly againUrl: string | null;
  /** With `display: 'popup'`: what a browser gets in place of a redirect. Null for every other target. */
  readonly page: HtmlPage | null;
}

/**
 * A callback whose attempt the application completes.
 *
 * @public
 */
export interface PassedCallback {
  /** Where to redirect the browser: the address of the application, with `attempt` and `ticket`. */
  readonly url: string;
  /** With `display: 'popup'` or `'frame'`: what a browser gets in place of the redirect. Null for every other target. */
  readonly page: HtmlPage | null;
}

/**
 * A webhook that a route of the application received.
 *
 * @public
 */
export interface WebhookRequest {
  /** Last segment of the path, as `connection-synced`: bodies carry no name. */
  readonly event: string;
  readonly headers: IncomingHttpHeaders;
  /** The bytes as received: `request.rawBody`, with `NestFactory.create(AppModule, { rawBody: true })`. */
  readonly rawBody: Uint8Array | undefined;
  /**
   * Address of the sender. Decides about shares of work, not about trust.
   *
   * @defaultValue one share for all
   */
  readonly source?: string;
}

/**
 * A request of Powens for a token, with `webhooks.auth.type: 'oauth'`.
 *
 * @see RFC 6749 section 4.4.2
 * @public
 */
export interface WebhookTokenRequest {
  readonly clientId: string;
  readonly clientSecret: string;
  /** `client_credentials` */
  readonly grantType: string;
}
