import type { Completed, PassedOn } from '../../flow/connect/connect-flow.types.js';
import type { LandingChoice } from '../../flow/connect/landing-choice.service.js';
import type { CallbackResult } from '../../options/index.js';
import type { ConnectionsRequest } from '../../options/owner-resolver.interface.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import {
  prefersHtml,
  seeOther,
  sendJson,
  sendNothing,
  sendPage,
  type HttpResponse,
} from '../answers/http-exchange.js';
import { unknownPage } from '../pages/callback.page.js';
import { continuePage } from '../pages/continue.page.js';
import { completedPage, passedPage, type HtmlPage } from '../pages/result.page.js';

/**
 * Answers the callback of an attempt that was completed, or ended otherwise, as the options say.
 *
 * @internal
 */
export class CallbackAnswers {
  constructor(
    private readonly options: Pick<ResolvedOptions, 'callback'>,
    private readonly landings: LandingChoice,
  ) {}

  /** Passes a callback to the application that completes its attempt. */
  pass(passed: PassedOn, request: ConnectionsRequest, response: HttpResponse): void {
    show(prefersHtml(request) ? passedPage(passed) : null, passed.url, response);
  }

  async send(completed: Completed, request: ConnectionsRequest, response: HttpResponse): Promise<void> {
    if (completed.display !== 'page') {
      const { attempt } = await this.landings.resultOf(completed);
      show(prefersHtml(request) ? completedPage(completed, attempt) : null, completed.url, response);
      return;
    }
    await this.land(completed, request, response);
  }

  private async land(
    completed: Completed,
    request: ConnectionsRequest,
    response: HttpResponse,
  ): Promise<void> {
    let result: Promise<CallbackResult> | undefined;
    // The choice and the answer may both need it.
    const read = async (): Promise<CallbackResult> => (result ??= this.landings.resultOf(completed));
    const chosen = await this.landings.choose(completed, read);
    const url = chosen ?? completed.url;
    switch (this.options.callback.answer) {
      case 'json': {
        const { attempt } = await read();
        sendJson(response, { ...attempt, landing: url });
        return;
      }
      case 'no-content':
        sendNothing(response);
        return;
      case 'page':
      case 'redirect':
        this.lead(prefersHtml(request), { completed, chosen, url }, response);
    }
  }

  /** A choice of the application is for every outcome; without one, a browser is shown how to begin anew. */
  private lead(
    isBrowser: boolean,
    {
      completed: { againUrl },
      chosen,
      url,
    }: { readonly completed: Completed; readonly chosen: string | null; readonly url: string },
    response: HttpResponse,
  ): void {
    if (isBrowser && chosen === null && againUrl !== null) {
      sendPage(response, unknownPage({ url, againUrl }));
    } else if (isBrowser && this.options.callback.answer === 'page') {
      sendPage(response, continuePage(url));
    } else {
      seeOther(response, url);
    }
  }
}

/** Of an answer for a window that another page waits for; a client that is no browser is redirected. */
function show(page: HtmlPage | null, url: string, response: HttpResponse): void {
  if (page === null) {
    seeOther(response, url);
  } else {
    // Its policy names the origin that may frame it.
    sendPage(response, page.body, { ...page.headers, 'x-frame-options': null });
  }
}
