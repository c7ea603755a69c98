import { Get, Injectable, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam } from './openapi/swagger.js';
import {
  ConnectionsService,
  type Attempt,
  type Connection,
  type ConnectionPage,
} from '../flow/connections.service.js';
import type { ConnectionsRequest } from '../options/owner-resolver.interface.js';
import { ApiProblems } from './answers/api-problem.decorator.js';
import { ApiQueryOf } from './input/api-query-of.decorator.js';
import { AttemptResponseDto } from './dto/attempt.response.dto.js';
import { CONNECTION_EXAMPLES, CONNECTION_PAGE_EXAMPLES } from './dto/connection.examples.js';
import { ConnectionPageResponseDto, ConnectionResponseDto } from './dto/connection.response.dto.js';
import { ListConnectionsQueryDto } from './dto/list-connections.query.dto.js';
import { OwnerGate } from './owner.gate.js';
import { parameterOf, queryOf } from './input/request-input.js';

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
  ) {}

  @Get('attempts/:id')
  @ApiOperation({ summary: 'See how an attempt ended' })
  @ApiParam({ name: 'id', type: String, format: 'uuid' })
  @ApiOkResponse({ type: AttemptResponseDto })
  @ApiProblems({ 401: 'No user is signed in', 404: "No such attempt, or another owner's" })
  async attempt(@Req() request: ConnectionsRequest): Promise<Attempt> {
    return this.connections.getAttempt(await this.gate.owner(request), parameterOf(request, 'id'));
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
