import { Inject, Injectable } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { ConnectionsRequest } from '../../options/owner-resolver.interface.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { rawQueryOf, seeOther, sendPage, type HttpResponse } from '../answers/http-exchange.js';
import { isForeignNavigation, sendersOf, type Senders } from '../input/fetch-metadata.js';
import { confirmationPage } from '../pages/confirmation.page.js';

/**
 * Asks a person whom another site sent to the start of a connection whether they want it: the page of the host, or one of the
 * library. Its link is followed from this application, so the browser says `same-origin`; no other site can say that.
 *
 * @see https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 * @internal
 */
@Injectable()
export class StartConfirmation {
  readonly #senders: Senders;
  readonly #page: string | null;

  constructor(@Inject(RESOLVED_OPTIONS) options: ResolvedOptions) {
    this.#senders = sendersOf(options);
    this.#page = options.crossSite.confirmPage;
  }

  /** Whether a start needs the confirmation of the person. */
  isNeeded(request: ConnectionsRequest): boolean {
    return isForeignNavigation(request, this.#senders);
  }

  /** Answers a start with the page that asks. It depends on nothing but the query, and starts nothing. */
  ask(request: ConnectionsRequest, response: HttpResponse): void {
    const query = `?${rawQueryOf(request)}`;
    if (this.#page === null) {
      sendPage(response, confirmationPage(query));
    } else {
      seeOther(response, `${this.#page}${query === '?' ? '' : query}`);
    }
  }
}
