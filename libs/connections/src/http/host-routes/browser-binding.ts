import { parse, serialize } from 'cookie';
import { DEFAULT_INSTANCE } from '../../connections.constants.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';

type CookieOptions = Pick<ResolvedOptions, 'instance' | 'publicUrl' | 'attemptLifetimeSeconds'>;

/**
 * Reads, from the header `Cookie` of a request, the binding that ties attempts to its browser; null when there is none.
 *
 * @see OA-02, OA-07
 * @internal
 */
export function bindingOf(cookie: string | undefined, options: CookieOptions): string | null {
  return parse(cookie ?? '')[nameFor(options)] ?? null;
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

/**
 * `__Host-` keeps sibling hosts from planting one. Browsers accept it over https only, where it is always used. A registration with
 * a name has a cookie of its own, since their attempts may have other lifetimes.
 */
function nameFor(options: CookieOptions): string {
  const name = isSecure(options) ? '__Host-powens-binding' : 'powens-binding';
  return options.instance === DEFAULT_INSTANCE ? name : `${name}-${options.instance}`;
}

function isSecure({ publicUrl }: CookieOptions): boolean {
  return publicUrl.startsWith('https:');
}
