import type { ClientRecord } from '../../store/records.js';
import { DEFAULT_CLIENT } from '../../sandbox.credentials.js';

/** The provider's own words, which never say what was expected. */
export const REDIRECT_URI_REFUSAL =
  "Invalid 'redirect_uri', the parameter must match the constraints defined in the administration console.";

/** Spelt out rather than parsed: what a URL parser forgives (`\`, `@`, TAB) never gets through. */
const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1)(:\d{1,5})?(\/[\w\-.~%!$&'()*+,;=:@/]*)?$/;

/**
 * Whether a callback is allowed for a client application: exactly one of those registered, or, for the default
 * application only, anything on loopback. Never one with a query or a fragment.
 *
 * @see protocol notes, section 3.5
 */
export function isAllowedRedirectUri(client: ClientRecord, redirectUri: string): boolean {
  if (/[?#]/.test(redirectUri) || !URL.canParse(redirectUri)) {
    return false;
  }
  const isOpenToLoopback = client.id === DEFAULT_CLIENT.clientId && LOOPBACK.test(redirectUri);
  return isOpenToLoopback || client.redirectUris.includes(redirectUri);
}
