import type { ConnectionsRequest } from '../../options/owner-resolver.interface.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { rawQueryOf, seeOther, sendPage, type HttpResponse } from '../answers/http-exchange.js';
import { isForeignNavigation, sendersOf } from '../input/fetch-metadata.js';
import { confirmationPage } from '../pages/confirmation.page.js';

/**
 * Asks a person whom another site sent to the start of a connection whether they want it: the page of the host, or one of the
 * library. Its link is followed from this application, so the browser says `same-origin`; no other site can say that. The answer
 * depends on nothing but the query, and starts nothing.
 *
 * @returns whether the request is answered; false when the start needs no confirmation
 * @see https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 * @internal
 */
export function askToConfirm(
  request: ConnectionsRequest,
  response: HttpResponse,
  options: Pick<ResolvedOptions, 'publicUrl' | 'crossSite'>,
): boolean {
  if (!isForeignNavigation(request, sendersOf(options))) {
    return false;
  }
  const query = `?${rawQueryOf(request)}`;
  const { confirmPage } = options.crossSite;
  if (confirmPage === null) {
    sendPage(response, confirmationPage(query));
  } else {
    seeOther(response, `${confirmPage}${query === '?' ? '' : query}`);
  }
  return true;
}
