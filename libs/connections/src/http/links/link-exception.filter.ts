import { Catch, type ArgumentsHost } from '@nestjs/common';
import { ConnectionsError } from '../../errors/index.js';
import type { ConnectionsRequest } from '../../options/owner-resolver.interface.js';
import { ConnectionsExceptionFilter } from '../answers/connections-exception.filter.js';
import {
  LINK_PAGE_HEADERS,
  PAGE_HEADERS,
  passedGuards,
  prefersHtml,
  rawResponseOf,
  seeOther,
  sendPage,
  type HttpResponse,
} from '../answers/http-exchange.js';
import { isRefusalOfGuard } from '../host/guard-refusals.js';
import { callbackPage } from '../pages/callback.page.js';
import { linkPage, signInFirstPage } from '../pages/link.page.js';

/**
 * As {@link ConnectionsExceptionFilter}, for the routes of share links, which people open in browsers: before they are signed in, and
 * from a mail, when a session cookie that is `SameSite=Strict` is not sent.
 *
 * @internal
 */
@Catch()
export class LinkExceptionFilter extends ConnectionsExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<ConnectionsRequest>();
    const response = http.getResponse<HttpResponse>();
    if (!isPageRequest(request)) {
      super.catch(error, host);
      return;
    }
    const isRefused = isRefusalOfGuard(error, passedGuards.has(rawResponseOf(response)));
    if (isRefused && request.method !== 'POST') {
      // The page depends on nothing, so that a guard protects nothing there.
      sendPage(response, linkPage(), LINK_PAGE_HEADERS);
    } else if (isRefused || (error instanceof ConnectionsError && error.code === 'unauthenticated')) {
      this.askToSignIn(request, response);
    } else {
      super.catch(error, host);
    }
  }

  protected override answer(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    if (!isPageRequest(http.getRequest<ConnectionsRequest>())) {
      super.answer(error, host);
      return;
    }
    const response: unknown = http.getResponse();
    for (const [name, value] of Object.entries(PAGE_HEADERS)) {
      this.setHeader(response, name, value);
    }
    const problem = this.problemOf(error);
    this.reply(response, problem.status, 'text/html; charset=utf-8', callbackPage(problem));
  }

  private askToSignIn(request: ConnectionsRequest, response: HttpResponse): void {
    const { links, publicUrl = '' } = this.options ?? {};
    const page = links?.signInPage ?? null;
    if (page === null) {
      sendPage(response, signInFirstPage());
      return;
    }
    // A proxy takes the base path off.
    const base = new URL(publicUrl).pathname.replace(/\/$/, '');
    seeOther(response, `${page}?${new URLSearchParams({ returnTo: `${base}${request.url}` }).toString()}`);
  }
}

/** A person in a browser who follows a link. */
function isPageRequest(request: ConnectionsRequest): boolean {
  return /\/links\/open\/?(?:\?|$)/.test(request.url) && prefersHtml(request);
}
