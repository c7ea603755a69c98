import { parse, serialize } from 'cookie';
import type { ConnectionsRequest } from '../options/owner-resolver.interface.js';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';

type CookieOptions = Pick<ResolvedOptions, 'publicUrl' | 'attemptLifetimeSeconds'>;

/**
 * Reads, from its cookie, the binding that ties attempts to the browser of a request; null when there is none.
 *
 * @see OA-02, OA-07
 * @internal
 */
export function bindingOf(request: ConnectionsRequest, options: CookieOptions): string | null {
  return parse(request.headers.cookie ?? '')[nameFor(options)] ?? null;
}

/**
 * Makes the header value that sets the binding for the lifetime of an attempt.
 *
 * @internal
 */
export function bindingCookie(binding: string, options: CookieOptions): string {
  return serialize(nameFor(options), binding, {
    httpOnly: true,
    secure: isSecure(options),
    path: '/',
    // `strict` is not sent on the way back from the webview.
    sameSite: 'lax',
    maxAge: options.attemptLifetimeSeconds,
  });
}

/** `__Host-` keeps sibling hosts from planting one. Browsers accept it over https only, where it is always used. */
function nameFor(options: CookieOptions): string {
  return isSecure(options) ? '__Host-powens-binding' : 'powens-binding';
}

function isSecure({ publicUrl }: CookieOptions): boolean {
  return publicUrl.startsWith('https:');
}
