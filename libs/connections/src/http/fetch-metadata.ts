import { ConnectionsError } from '../errors/index.js';
import type { ConnectionsRequest } from '../options/owner-resolver.interface.js';

/**
 * Refuses a start that another site made the browser send: whoever starts an attempt must mean it.
 *
 * @throws ConnectionsError `cross_site_refused`
 * @see OA-04
 */
export function refuseCrossSite(request: ConnectionsRequest): void {
  if (request.headers['sec-fetch-site'] === 'cross-site') {
    throw new ConnectionsError('cross_site_refused', 'Start the connection from the application itself.');
  }
}

/**
 * Refuses what no person sent: `HEAD` (Express routes it to `GET` handlers) and prefetches would use up an attempt.
 *
 * @throws ConnectionsError `method_not_allowed`
 * @see OA-10
 */
export function refusePrefetch(request: ConnectionsRequest): void {
  const { headers } = request;
  const purposes = [headers['sec-purpose'], headers['purpose'], headers['x-moz'], headers['x-purpose']];
  if (
    request.method !== 'GET' ||
    purposes.some((purpose) => /prefetch|preview|prerender/i.test(String(purpose ?? '')))
  ) {
    throw new ConnectionsError('method_not_allowed', 'This address answers GET only, and no prefetch.');
  }
}
