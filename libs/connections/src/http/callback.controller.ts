import { Get, HttpStatus, Inject, Injectable, Req, Res } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import { ApiOperation, ApiQuery, ApiResponse } from './openapi/swagger.js';
import { ConnectFlowService } from '../flow/connect/connect-flow.service.js';
import { LandingChoice } from '../flow/connect/landing-choice.service.js';
import { TicketCompletion } from '../flow/connect/ticket-completion.service.js';
import type { ConnectionsRequest } from '../options/owner-resolver.interface.js';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import { ApiProblems } from './answers/api-problem.decorator.js';
import { refusePrefetch } from './input/fetch-metadata.js';
import { CallbackAnswers } from './callback/callback-answer.js';
import { rawQueryOf, type HttpResponse } from './answers/http-exchange.js';
import { OwnerGate } from './owner.gate.js';

/**
 * Receives the browser that returns from the webview. No guard of the host runs before it: the state, the binding
 * cookie and the owner of the attempt decide.
 *
 * @internal
 */
@Injectable()
export class CallbackController {
  readonly #answers: CallbackAnswers;

  constructor(
    private readonly gate: OwnerGate,
    private readonly flow: ConnectFlowService,
    private readonly tickets: TicketCompletion,
    landings: LandingChoice,
    @Inject(RESOLVED_OPTIONS) options: ResolvedOptions,
  ) {
    this.#answers = new CallbackAnswers(options, landings);
  }

  @Get('callback')
  @ApiOperation({
    summary: 'Where the webview sends the browser back to',
    description:
      'The redirect URI to white-list at Powens. Completes the attempt once, and leads to `returnTo` with ' +
      '`attempt=<id>`, for every outcome. Reloads lead to the same place. Only an attempt that ended `unknown` shows a ' +
      'browser a page first, with a link to begin anew. Where the target of `returnTo` has `complete: "confirm"`, it completes ' +
      'nothing and leads there with a `ticket`, too: see `POST /attempts/{id}/complete`. Where the target has `display: "popup"` or ' +
      '`"frame"`, a browser gets a page that posts the result to the window of the application.',
    // Whatever the host requires everywhere: the state, the binding cookie and the owner of the attempt decide.
    security: [],
  })
  @ApiQuery({ name: 'state', required: true })
  @ApiQuery({ name: 'code', required: false, description: 'When the webview was opened without one' })
  @ApiQuery({ name: 'connection_id', required: false })
  @ApiQuery({ name: 'connection_ids', required: false })
  @ApiQuery({ name: 'error', required: false })
  @ApiQuery({ name: 'error_description', required: false })
  @ApiResponse({ status: HttpStatus.SEE_OTHER, description: 'To `returnTo`, or to the attempt' })
  @ApiResponse({
    status: HttpStatus.NO_CONTENT,
    description: 'With the option `callback.answer: "no-content"`',
  })
  @ApiResponse({
    status: HttpStatus.OK,
    description:
      'For browsers, of an attempt that ended `unknown`: a page with a link to begin anew; of a target with `display: "popup"` or ' +
      '`"frame"`: a page that posts the result. With the option ' +
      '`callback.answer: "page"` a page that continues by itself; with `"json"` the attempt, and its `landing`.',
    content: { 'text/html': {}, 'application/json': {} },
  })
  @ApiProblems(
    {
      400: 'The state is malformed, unknown, used, expired or of another browser: always the same answer',
      503: 'Powens or the database cannot be reached: the same address may be opened again',
    },
    { 400: ['callback_refused'] },
  )
  async callback(@Req() request: ConnectionsRequest, @Res() response: HttpResponse): Promise<void> {
    refusePrefetch(request);
    const query = rawQueryOf(request);
    const passed = await this.tickets.passOn(query);
    if (passed !== null) {
      this.#answers.pass(passed, request, response);
      return;
    }
    const principal = await this.gate.principal(request);
    const completed = await this.flow.complete(query, this.gate.binding(request), principal);
    await this.#answers.send(completed, request, response);
  }
}
