import { Get, HttpCode, HttpStatus, Injectable, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiParam } from './openapi/swagger.js';
import {
  ConnectionsService,
  type Attempt,
  type Connection,
  type ConnectionPage,
} from '../flow/connections.service.js';
import { TicketCompletion } from '../flow/connect/ticket-completion.service.js';
import type { ConnectionsRequest } from '../options/owner-resolver.interface.js';
import { ApiProblems } from './answers/api-problem.decorator.js';
import { ApiQueryOf } from './input/api-query-of.decorator.js';
import { AttemptResponseDto, CompleteAttemptRequestDto } from './dto/attempt.dto.js';
import { CONNECTION_EXAMPLES, CONNECTION_PAGE_EXAMPLES } from './dto/connection.examples.js';
import { ConnectionPageResponseDto, ConnectionResponseDto } from './dto/connection.response.dto.js';
import { ListConnectionsQueryDto } from './dto/list-connections.query.dto.js';
import { OwnerGate } from './owner.gate.js';
import { bodyOf, parameterOf, queryOf } from './input/request-input.js';

/**
 * The attempts and connections of an owner.
 *
 * @internal
 */
@Injectable()
export class ConnectionsController {
  constructor(
    private readonly gate: OwnerGate,
    private readonly connections: ConnectionsService,
    private readonly tickets: TicketCompletion,
  ) {}

  @Get('attempts/:id')
  @ApiOperation({ summary: 'See how an attempt ended' })
  @ApiParam({ name: 'id', type: String, format: 'uuid' })
  @ApiOkResponse({ type: AttemptResponseDto })
  @ApiProblems({ 401: 'No user is signed in', 404: "No such attempt, or another owner's" })
  async attempt(@Req() request: ConnectionsRequest): Promise<Attempt> {
    return this.connections.getAttempt(await this.gate.owner(request), parameterOf(request, 'id'));
  }

  @Post('attempts/:id/complete')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({
    summary: 'Complete an attempt that returned to your application',
    description:
      'For targets of `returnTo` with `complete: "confirm"`: native applications, and single-page applications with bearer tokens. ' +
      'The callback opens the application with `attempt` and `ticket`; the ticket completes the attempt once, for the owner who ' +
      'started and with the `binding` of that start. The same request may be sent again.',
  })
  @ApiParam({ name: 'id', type: String, format: 'uuid' })
  @ApiBody({ type: CompleteAttemptRequestDto })
  @ApiOkResponse({ type: AttemptResponseDto })
  @ApiProblems(
    {
      400: 'The ticket or the binding is not one of this attempt, or the attempt has expired: always the same answer',
      401: 'No user is signed in',
      403: 'Sent from another site',
      404: "No such attempt, or another owner's",
      503: 'Powens or the database cannot be reached: the same request may be sent again',
    },
    { 400: ['invalid_request', 'callback_refused'] },
  )
  async complete(@Req() request: ConnectionsRequest): Promise<Attempt> {
    const id = parameterOf(request, 'id');
    const body = await bodyOf(request, CompleteAttemptRequestDto);
    return this.tickets.complete(await this.gate.changingOwner(request), id, body);
  }

  @Get()
  @ApiOperation({ summary: 'List your connections, oldest first' })
  @ApiQueryOf(ListConnectionsQueryDto)
  @ApiOkResponse({ type: ConnectionPageResponseDto, examples: CONNECTION_PAGE_EXAMPLES })
  @ApiProblems({ 400: 'The limit or cursor is not one', 401: 'No user is signed in' })
  async list(@Req() request: ConnectionsRequest): Promise<ConnectionPage> {
    const query = await queryOf(request, ListConnectionsQueryDto);
    return this.connections.list(await this.gate.owner(request), query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'See one of your connections' })
  @ApiParam({ name: 'id', type: String, format: 'uuid' })
  @ApiOkResponse({ type: ConnectionResponseDto, examples: CONNECTION_EXAMPLES })
  @ApiProblems({ 401: 'No user is signed in', 404: "No such connection, or another owner's" })
  async get(@Req() request: ConnectionsRequest): Promise<Connection> {
    return this.connections.get(await this.gate.owner(request), parameterOf(request, 'id'));
  }
}
