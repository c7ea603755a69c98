import type { AuthorizationCode } from './secrets/authorization-code.js';

/** Documented values of the webview's `error`; the list is open (OA-22). */
export type WebviewErrorWord =
  'access_denied' | 'server_error' | 'tos_declined' | 'session_expired' | 'provider_error';

/**
 * A callback with valid syntax. It is not trusted yet: anyone can type it into an address bar.
 *
 * @internal
 */
export interface WebviewCallback {
  /** 43 base64url characters. */
  readonly state: string;
  /** Present when the webview created an anonymous user. */
  readonly code: AuthorizationCode | null;
  /** Powens ids, in the order given, without repeats. A claim, not a fact (OA-14). */
  readonly connectionIds: readonly string[];
  /** Error of the webview, or null. */
  readonly error: WebviewErrorWord | null;
  /** Technical description of the error, for the log only: at most 200 characters, control characters removed. */
  readonly errorDescription: string | null;
}

declare const verified: unique symbol;

/**
 * A code whose callback's state was consumed: the only thing that may reach the token exchange.
 *
 * @internal
 */
export type VerifiedCode = AuthorizationCode & { readonly [verified]: true };
