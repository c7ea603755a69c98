import {
  Body,
  Get,
  HttpStatus,
  Injectable,
  Post,
  Query,
  Redirect,
  Req,
  Res,
  type HttpRedirectResponse,
} from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import Negotiator from 'negotiator';
import { ConnectFlowService } from '../flow/connect-flow.service.js';
import type { StartedAttempt } from '../flow/connect-flow.types.js';
import type { ConnectionsRequest } from '../options/owner-resolver.interface.js';
import { ApiProblems } from './api-problem.decorator.js';
import { BrowserBindingCookie } from './browser-binding.cookie.js';
import { StartConnectRequestDto } from './dto/start-connect.request.dto.js';
import { StartedAttemptResponseDto } from './dto/started-attempt.response.dto.js';
import { refuseCrossSite, refusePrefetch } from './fetch-metadata.js';
import { addCookie, type HttpResponse } from './http-exchange.js';
import { OwnerGate } from './owner.gate.js';
import { connectionsValidation } from './validation.pipe.js';

const PROBLEMS = {
  400: 'The request does not fit, or `returnTo` would leave the application',
  401: 'Nobody is signed in',
  403: 'Started from another site',
  502: 'Powens refused or failed',
  503: 'Powens cannot be reached: try again after `Retry-After`',
};

/**
 * Starts the connect flow. Its path, guards and decorators are put on a subclass of its own per registration.
 *
 * @internal
 */
@Injectable()
export class ConnectController {
  constructor(
    private readonly gate: OwnerGate,
    private readonly cookie: BrowserBindingCookie,
    private readonly flow: ConnectFlowService,
  ) {}

  @Post('connect')
  @ApiOperation({
    summary: 'Start a connection, answer the webview URL',
    description:
      'Issues an attempt for the signed-in owner and sets the cookie that ties it to this browser. ' +
      'Then open `url` in this same browser, as a full page.',
  })
  @ApiCreatedResponse({ type: StartedAttemptResponseDto })
  @ApiProblems(PROBLEMS)
  async connect(
    @Body(connectionsValidation) body: StartConnectRequestDto,
    @Req() request: ConnectionsRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<StartedAttemptResponseDto> {
    const { attemptId, url, expiresAt } = await this.start(body, request, response);
    return { attemptId, url, expiresAt: expiresAt.toISOString() };
  }

  @Get('connect')
  @Redirect()
  @ApiOperation({
    summary: 'Start a connection, redirect to the webview',
    description:
      'As the POST, for a plain link. Open it in the address bar: "Try it out" cannot follow the redirect.',
  })
  @ApiResponse({ status: HttpStatus.SEE_OTHER, description: 'To the webview, with the binding cookie' })
  @ApiProblems(PROBLEMS)
  async redirect(
    @Query(connectionsValidation) query: StartConnectRequestDto,
    @Req() request: ConnectionsRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<HttpRedirectResponse> {
    refusePrefetch(request);
    const { url } = await this.start(query, request, response);
    return { url, statusCode: HttpStatus.SEE_OTHER };
  }

  private async start(
    asked: StartConnectRequestDto,
    request: ConnectionsRequest,
    response: HttpResponse,
  ): Promise<StartedAttempt> {
    refuseCrossSite(request);
    const owner = await this.gate.owner(request);
    speakLanguageOf(request, asked);
    const started = await this.flow.start(owner, asked, this.cookie.read(request));
    addCookie(response, this.cookie.issue(started.binding));
    response.header('cache-control', 'no-store');
    return started;
  }
}

/** The browser's language, when the start names none and the webview speaks it. */
function speakLanguageOf(request: ConnectionsRequest, asked: StartConnectRequestDto): void {
  if (asked.lang !== undefined || request.headers['accept-language'] === undefined) {
    return;
  }
  const [lang] = new Negotiator(request).languages(['en', 'fr', 'de', 'nl', 'pt', 'it', 'es']);
  if (lang !== undefined) {
    asked.lang = lang;
  }
}
