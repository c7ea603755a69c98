import type { components, paths } from './api.types.js';

type Schemas = components['schemas'];

/** A connection as its owner sees it. */
export type ClientConnection = Schemas['PowensConnectionsConnectionResponse'];
/** A page of connections. */
export type ClientConnectionPage = Schemas['PowensConnectionsConnectionPageResponse'];
/** How an attempt ended, or that it has not. */
export type ClientAttempt = Schemas['PowensConnectionsAttemptResponse'];
/** A started attempt. Its `url` is for this browser only: open what `webviewUrlOf` returns. */
export type ClientStartedAttempt = Schemas['PowensConnectionsStartedAttemptResponse'];
/** Options of the webview. */
export type ClientStartRequest = Schemas['PowensConnectionsStartConnectRequest'];
/** Options of a repair. */
export type ClientReconnectRequest = Schemas['PowensConnectionsReconnectRequest'];
/** Options of the manage page. */
export type ClientManageRequest = Schemas['PowensConnectionsManageRequest'];
/** What completes an attempt. */
export type ClientCompletionRequest = Schemas['PowensConnectionsCompleteAttemptRequest'];
/** Options of a link and of the start that it leads to. */
export type ClientLinkRequest = Schemas['PowensConnectionsCreateLinkRequest'];
/** A link for the signed-in user. It works only where that user is signed in. */
export type ClientLink = Schemas['PowensConnectionsLinkResponse'];
/** Which page of connections. */
export type ClientListQuery = NonNullable<paths['/connections']['get']['parameters']['query']>;

/** Options of `ConnectionsClient`. */
export interface ConnectionsClientOptions {
  /**
   * Address of the routes, as `routes.path` of the module says; relative to the page in a browser.
   *
   * @default '/connections'
   */
  readonly baseUrl?: string | URL;
  /**
   * Whether cookies are sent: `include` for an application on another origin, which the option `crossSite.trustedOrigins` must name.
   *
   * @default 'same-origin'
   */
  readonly credentials?: 'same-origin' | 'include' | 'omit';
  /** Headers of each call, for example `authorization`. */
  readonly headers?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /**
   * Milliseconds that a call may take. Starting an attempt waits for Powens.
   *
   * @default 30000
   */
  readonly timeoutMs?: number;
  /** @default the global `fetch` */
  readonly fetch?: typeof fetch;
}

/** Options of one call. */
export interface ClientCall {
  /** Ends the call early; it rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
}
