import { ConnectionsError } from '../../errors/index.js';
import type { ConnectionsRequest } from '../../options/owner-resolver.interface.js';

/** The values of `Sec-Fetch-Site` with which the application itself, or the address bar, sends a request. */
const OWN_SITES: readonly unknown[] = ['same-origin', 'none'];
/** Headers whose name marks a request as speculative: `next-router-prefetch`, `x-middleware-prefetch`, … */
const PREFETCH_NAME = /prefetch|prerender|preload|^sec-speculation-tags$/;
/** Headers whose value marks it: `sec-purpose`, `x-sec-purpose`, `purpose`, `x-purpose`, `x-moz`. */
const PURPOSE_NAME = /^x-moz$|(?:^|-)purpose$/;
const PREFETCH_VALUE = /prefetch|preview|prerender|preload/i;
const OFF = /^(?:0|false|\?0|)$/i;

/**
 * Refuses a request that another site made the browser send. A sibling host (`same-site`) is another site: it may have
 * another owner. Without fetch metadata (old browsers, plain http) the `Origin` must be the application's own, if
 * there is one; without either, the request does not come from a page in a browser.
 *
 * @param origin - the application's public origin
 * @throws ConnectionsError `cross_site_refused`
 * @see OA-04
 */
export function refuseCrossSite({ headers }: ConnectionsRequest, origin: string): void {
  const { origin: sender } = headers;
  const site: unknown = headers['sec-fetch-site'];
  const isOwn = site === undefined ? sender === undefined || sender === origin : OWN_SITES.includes(site);
  if (!isOwn) {
    throw new ConnectionsError('cross_site_refused', 'Send this request from the application itself.');
  }
}

/**
 * Refuses a request that no person sent: `HEAD` (Express routes it to `GET` handlers) and prefetches would use up an
 * attempt.
 *
 * @throws ConnectionsError `method_not_allowed`
 * @see OA-10
 */
export function refusePrefetch({ method, headers }: ConnectionsRequest): void {
  if (method !== 'GET' || Object.entries(headers).some(([name, value]) => saysPrefetch(name, value))) {
    throw new ConnectionsError('method_not_allowed', 'This address answers GET only, and no prefetch.');
  }
}

/**
 * Refuses a request that is not the navigation of a tab: `fetch`, frames, images, and the prefetches of frameworks.
 *
 * @throws ConnectionsError `method_not_allowed`
 */
export function refuseSubresource({ headers }: ConnectionsRequest): void {
  const destination: unknown = headers['sec-fetch-dest'];
  if (destination !== undefined && destination !== 'document') {
    throw new ConnectionsError(
      'method_not_allowed',
      'This address is for the navigation of a tab. From a script, use POST and open the "url" of its answer.',
    );
  }
}

function saysPrefetch(name: string, value: string | readonly string[] | undefined): boolean {
  const text = String(value ?? '');
  return PURPOSE_NAME.test(name)
    ? PREFETCH_VALUE.test(text)
    : PREFETCH_NAME.test(name) && !OFF.test(text.trim());
}
