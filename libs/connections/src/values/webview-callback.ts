import type { AuthorizationCode } from './secrets/authorization-code.js';

/** The words the webview is documented to send as `error`; the list is open (OA-22). */
export type WebviewErrorWord =
  'access_denied' | 'server_error' | 'tos_declined' | 'session_expired' | 'provider_error';

/**
 * A callback whose syntax is good. Nothing in it is trusted yet: anybody can type it into an address bar.
 *
 * @internal
 */
export interface WebviewCallback {
  /** 43 base64url characters. */
  readonly state: string;
  /** Present when the webview made an anonymous user. */
  readonly code: AuthorizationCode | null;
  /** Powens ids, in the order given, without repeats. A claim, not a fact (OA-14). */
  readonly connectionIds: readonly string[];
  /** What went wrong in the webview, or null. */
  readonly error: WebviewErrorWord | null;
  /** Technical text beside the error, for the log only: at most 200 characters, control characters removed. */
  readonly errorDescription: string | null;
}

declare const verified: unique symbol;

/**
 * A code whose callback's state was consumed: the only thing that may reach the token exchange.
 *
 * @internal
 */
export type VerifiedCode = AuthorizationCode & { readonly [verified]: true };
