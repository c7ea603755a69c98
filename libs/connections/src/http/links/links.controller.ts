import { Delete, Get, HttpCode, HttpStatus, Injectable, Post, Req, Res } from '@nestjs/common';
import { ShareLinksService } from '../../flow/links/share-links.service.js';
import type { ConnectionsRequest } from '../../options/owner-resolver.interface.js';
import { ApiProblems } from '../answers/api-problem.decorator.js';
import {
  LINK_PAGE_HEADERS,
  prefersHtml,
  seeOther,
  sendJson,
  sendPage,
  type HttpResponse,
} from '../answers/http-exchange.js';
import {
  CreateLinkRequestDto,
  OpenLinkQueryDto,
  shareLinkDto,
  ShareLinkResponseDto,
} from './share-link.dto.js';
import { startedAttemptDto, StartedAttemptResponseDto } from '../dto/started-attempt.response.dto.js';
import { ApiQueryOf } from '../input/api-query-of.decorator.js';
import { bodyOf, parameterOf } from '../input/request-input.js';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiParam,
  ApiResponse,
} from '../openapi/swagger.js';
import { OwnerGate } from '../owner.gate.js';
import { linkPage } from '../pages/link.page.js';
import { startAttempt } from '../start-attempt.js';

/**
 * Links by which an owner starts a connection in a browser of their own.
 *
 * @internal
 */
@Injectable()
export class LinksController {
  constructor(
    private readonly gate: OwnerGate,
    private readonly links: ShareLinksService,
  ) {}

  @Post('links')
  @ApiOperation({
    summary: 'Make a link to start a connection later',
    description:
      'For yourself in another browser: it works only where the same user is signed in, and leads to a page that asks first. ' +
      'The answer is the only one that contains it.',
  })
  @ApiBody({ type: CreateLinkRequestDto })
  @ApiCreatedResponse({ type: ShareLinkResponseDto })
  @ApiProblems(
    {
      400: 'The request does not fit, or `returnTo` would leave the application',
      401: 'No user is signed in',
      403: 'Sent from another site',
    },
    { 400: ['invalid_request', 'return_to_refused'] },
  )
  async create(@Req() request: ConnectionsRequest): Promise<ShareLinkResponseDto> {
    const body = await bodyOf(request, CreateLinkRequestDto);
    return shareLinkDto(await this.links.create(await this.gate.changingOwner(request), body));
  }

  @Delete('links/:id')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Revoke a link' })
  @ApiParam({ name: 'id', type: String, format: 'uuid' })
  @ApiNoContentResponse()
  @ApiProblems({
    401: 'No user is signed in',
    403: 'Sent from another site',
    404: "No such link, or another owner's",
  })
  async revoke(@Req() request: ConnectionsRequest): Promise<void> {
    await this.links.revoke(await this.gate.changingOwner(request), parameterOf(request, 'id'));
  }

  @Get('links/open')
  @ApiOperation({
    summary: 'Where a link leads to: a page that asks whether to continue',
    description:
      'It is the same for every link and every person, and changes nothing: programs open links, too.',
    security: [],
  })
  @ApiQueryOf(OpenLinkQueryDto)
  @ApiResponse({ status: HttpStatus.OK, description: 'The page', content: { 'text/html': {} } })
  @ApiProblems({ 401: 'A guard of the application refused a client that does not prefer HTML' })
  page(@Res() response: HttpResponse): void {
    sendPage(response, linkPage(), LINK_PAGE_HEADERS);
  }

  @Post('links/open')
  @ApiOperation({
    summary: 'Start the connection of a link',
    description:
      'Sent by the page of the link, and then answered with a redirect to the webview; a client that does not prefer HTML gets the ' +
      'answer of `POST /connect`.',
  })
  @ApiQueryOf(OpenLinkQueryDto)
  @ApiCreatedResponse({ type: StartedAttemptResponseDto })
  @ApiResponse({ status: HttpStatus.SEE_OTHER, description: 'To the webview, with the binding cookie' })
  @ApiProblems(
    {
      400: 'The application does not know `returnTo` of the link any more',
      401: 'No user is signed in',
      403: 'Sent from another site',
      404: 'This user cannot use the link: it was used, has expired, was revoked, is of another owner or does not exist',
      502: 'Powens refused or failed',
      503: 'Powens cannot be reached: try again after `Retry-After`',
    },
    { 400: ['return_to_refused'] },
  )
  async open(@Req() request: ConnectionsRequest, @Res() response: HttpResponse): Promise<void> {
    const token = tokenOf(request);
    const browser: { lang?: string } = {};
    const started = await startAttempt(this.gate, { request, response }, browser, async (owner, binding) =>
      this.links.open(owner, token, { binding, ...browser }),
    );
    if (prefersHtml(request)) {
      seeOther(response, started.url);
    } else {
      sendJson(response, startedAttemptDto(started), HttpStatus.CREATED);
    }
  }
}

/** An absent or repeated one is that of no link. */
function tokenOf(request: object): string {
  const { token } = (request as { readonly query?: { readonly token?: unknown } }).query ?? {};
  return typeof token === 'string' ? token : '';
}
