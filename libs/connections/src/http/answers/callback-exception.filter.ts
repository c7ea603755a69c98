import { Catch, type ArgumentsHost } from '@nestjs/common';
import { CallbackRefusedError } from '../../errors/index.js';
import type { ConnectionsRequest } from '../../options/owner-resolver.interface.js';
import { callbackPage } from '../pages/callback.page.js';
import { logCallbackRefusal } from '../../flow/connect/log-callback-refusal.js';
import { diagnosisPage } from '../pages/diagnosis.page.js';
import type { Problem } from '../problem/problem.js';
import { PAGE_HEADERS, prefersHtml } from './http-exchange.js';
import { ConnectionsExceptionFilter } from './connections-exception.filter.js';

/**
 * As {@link ConnectionsExceptionFilter}, for the one route that a person opens in the browser: a plain page with a link
 * back when the client prefers HTML, and the headers that keep the code from leaking on every answer.
 *
 * @see OA-19, OA-24
 * @internal
 */
@Catch()
export class CallbackExceptionFilter extends ConnectionsExceptionFilter {
  protected override readonly open = 'the callback';

  protected override answer(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response: unknown = http.getResponse();
    for (const [name, value] of Object.entries(PAGE_HEADERS)) {
      this.setHeader(response, name, value);
    }
    logCallbackRefusal(this.logger, error);
    if (!prefersHtml(http.getRequest<ConnectionsRequest>())) {
      super.answer(error, host);
      return;
    }
    const problem = this.problemOf(error);
    this.reply(response, problem.status, 'text/html; charset=utf-8', this.pageOf(problem, error));
  }

  private pageOf(problem: Problem, error: unknown): string {
    return this.options?.callback.diagnosis === true && error instanceof CallbackRefusedError
      ? diagnosisPage(problem, error.reason)
      : callbackPage(problem);
  }
}
