import { ConnectionsError } from '../../errors/index.js';
import type { ConnectionsRequest } from '../../options/owner-resolver.interface.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';

/** The values of `Sec-Fetch-Site` with which the application itself, or the address bar, sends a request. */
const OWN_SITES: readonly unknown[] = ['same-origin', 'none'];
/** Those with which other pages send one. A sibling host (`same-site`) is another site: it may have another owner. */
const OTHER_SITES: readonly unknown[] = ['same-site', 'cross-site'];
/** Headers whose name marks a request as speculative: `next-router-prefetch`, `x-middleware-prefetch`, … */
const PREFETCH_NAME = /prefetch|prerender|preload|^sec-speculation-tags$/;
/** Headers whose value marks it: `sec-purpose`, `x-sec-purpose`, `purpose`, `x-purpose`, `x-moz`. */
const PURPOSE_NAME = /^x-moz$|(?:^|-)purpose$/;
const PREFETCH_VALUE = /prefetch|preview|prerender|preload/i;
const OFF = /^(?:0|false|\?0|)$/i;

/** The origins whose pages may make a browser send a change. */
export interface Senders {
  /** The application's public origin. */
  readonly origin: string;
  /** Origins of the host's front ends. */
  readonly trustedOrigins: readonly string[];
}

/** The senders that the options name. */
export function sendersOf({
  publicUrl,
  crossSite,
}: Pick<ResolvedOptions, 'publicUrl' | 'crossSite'>): Senders {
  return { origin: new URL(publicUrl).origin, trustedOrigins: crossSite.trustedOrigins };
}

/**
 * Refuses a request that another site made the browser send. Without fetch metadata (old browsers, plain http) the `Origin` must
 * be one of the senders, if there is one; without either, the request does not come from a page in a browser.
 *
 * @throws ConnectionsError `cross_site_refused`
 * @see OA-04
 */
export function refuseCrossSite(request: ConnectionsRequest, senders: Senders): void {
  if (!isFromSender(request, senders)) {
    throw new ConnectionsError(
      'cross_site_refused',
      'Send this request from the application itself, or from an origin in its option crossSite.trustedOrigins.',
    );
  }
}

/** Whether another site made a tab navigate: a link, a message, a form. Whether the person wants what it asks for is not known. */
export function isForeignNavigation(request: ConnectionsRequest, senders: Senders): boolean {
  return (
    OTHER_SITES.includes(request.headers['sec-fetch-site']) &&
    isNavigation(request) &&
    !isFromSender(request, senders)
  );
}

function isFromSender(request: ConnectionsRequest, { origin, trustedOrigins }: Senders): boolean {
  const { origin: sender } = request.headers;
  const site: unknown = request.headers['sec-fetch-site'];
  if (site === undefined) {
    return sender === undefined || sender === origin || trustedOrigins.includes(sender);
  }
  const page = sender ?? refererOf(request);
  return (
    OWN_SITES.includes(site) || (OTHER_SITES.includes(site) && page !== null && trustedOrigins.includes(page))
  );
}

/** The origin of the page with a link: browsers send no `Origin` with a navigation by GET. No page can name another one. */
function refererOf(request: ConnectionsRequest): string | null {
  const { referer } = request.headers;
  return isNavigation(request) && referer !== undefined && URL.canParse(referer)
    ? new URL(referer).origin
    : null;
}

function isNavigation({ method, headers }: ConnectionsRequest): boolean {
  return (
    method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  );
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
