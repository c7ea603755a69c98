import { Get, HttpStatus, Inject, Injectable, Post, Req, Res } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import { ApiBody, ApiCreatedResponse, ApiOperation, ApiResponse } from './openapi/swagger.js';
import { ConnectFlowService } from '../flow/connect/connect-flow.service.js';
import type { StartedAttempt } from '../flow/connect/connect-flow.types.js';
import type { ConnectionsRequest } from '../options/owner-resolver.interface.js';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import { ApiProblems } from './answers/api-problem.decorator.js';
import { askToConfirm } from './confirmation/start-confirmation.js';
import { ApiQueryOf } from './input/api-query-of.decorator.js';
import { START_EXAMPLES } from './dto/start-connect.examples.js';
import { StartConnectRequestDto } from './dto/start-connect.request.dto.js';
import { startedAttemptDto, StartedAttemptResponseDto } from './dto/started-attempt.response.dto.js';
import { refusePrefetch, refuseSubresource } from './input/fetch-metadata.js';
import { seeOther, type HttpResponse } from './answers/http-exchange.js';
import { OwnerGate } from './owner.gate.js';
import { startAttempt } from './start-attempt.js';
import { bodyOf, queryOf } from './input/request-input.js';

const PROBLEMS = {
  400: 'The request does not fit, or `returnTo` would leave the application',
  401: 'No user is signed in',
  403: 'Started from another site',
  502: 'Powens refused or failed',
  503: 'Powens cannot be reached: try again after `Retry-After`',
};

const CODES = { 400: ['invalid_request', 'return_to_refused'] } as const;

/**
 * Starts the connect flow. Its path, guards and decorators are applied to a separate subclass per registration.
 *
 * @internal
 */
@Injectable()
export class ConnectController {
  constructor(
    private readonly gate: OwnerGate,
    private readonly flow: ConnectFlowService,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  @Post('connect')
  @ApiOperation({
    summary: 'Start a connection, answer the webview URL',
    description:
      'Issues an attempt for the signed-in owner and sets the cookie that ties it to this browser. ' +
      'Then open `url` in this same browser, as a full page.',
  })
  @ApiBody({ type: StartConnectRequestDto, examples: START_EXAMPLES })
  @ApiCreatedResponse({ type: StartedAttemptResponseDto })
  @ApiProblems(PROBLEMS, CODES)
  async connect(
    @Req() request: ConnectionsRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<StartedAttemptResponseDto> {
    const body = await bodyOf(request, StartConnectRequestDto);
    return startedAttemptDto(await this.start(body, request, response));
  }

  @Get('connect')
  @ApiOperation({
    summary: 'Start a connection, redirect to the webview',
    description:
      'As the POST, for a plain link, also in a mail. Open it in the address bar: "Try it out" cannot follow the redirect. A ' +
      'browser that comes from another site gets a page first, which asks whether to continue.',
  })
  @ApiQueryOf(StartConnectRequestDto)
  @ApiResponse({ status: HttpStatus.SEE_OTHER, description: 'To the webview, with the binding cookie' })
  @ApiResponse({
    status: HttpStatus.OK,
    description: 'For a navigation from another site: a page with a link that continues',
    content: { 'text/html': {} },
  })
  @ApiProblems(PROBLEMS, CODES)
  async redirect(@Req() request: ConnectionsRequest, @Res() response: HttpResponse): Promise<void> {
    const query = await queryOf(request, StartConnectRequestDto);
    refusePrefetch(request);
    if (askToConfirm(request, response, this.options)) {
      return;
    }
    this.gate.refuseCrossSite(request);
    refuseSubresource(request);
    this.flow.requireCallback(query.returnTo);
    const { url } = await this.start(query, request, response);
    seeOther(response, url);
  }

  private async start(
    asked: StartConnectRequestDto,
    request: ConnectionsRequest,
    response: HttpResponse,
  ): Promise<StartedAttempt> {
    return startAttempt(this.gate, { request, response }, asked, async (owner, binding) =>
      this.flow.start(owner, asked, binding),
    );
  }
}
