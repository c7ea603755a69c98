import { Delete, HttpCode, HttpStatus, Injectable, Post, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiParam,
} from './openapi/swagger.js';
import { ConnectionsService, type Connection } from '../flow/connections.service.js';
import type { ConnectionsRequest } from '../options/owner-resolver.interface.js';
import { ApiProblems } from './answers/api-problem.decorator.js';
import { CONNECTION_EXAMPLES } from './dto/connection.examples.js';
import { ConnectionResponseDto } from './dto/connection.response.dto.js';
import { ManageRequestDto, ReconnectRequestDto } from './dto/reconnect.request.dto.js';
import { MANAGE_EXAMPLES, RECONNECT_EXAMPLES } from './dto/start-connect.examples.js';
import { startedAttemptDto, StartedAttemptResponseDto } from './dto/started-attempt.response.dto.js';
import type { HttpResponse } from './answers/http-exchange.js';
import { OwnerGate } from './owner.gate.js';
import { startAttempt } from './start-attempt.js';
import { bodyOf, parameterOf } from './input/request-input.js';

const ABSENT = "No such connection, or another owner's";
const PROBLEMS = {
  400: 'The request does not fit',
  401: 'No user is signed in',
  403: 'Sent from another site',
  502: 'Powens refused or failed',
  503: 'Powens cannot be reached: try again after `Retry-After`',
};

const CODES = { 400: ['invalid_request', 'return_to_refused'] } as const;

/**
 * The operations of an owner on existing connections.
 *
 * @internal
 */
@Injectable()
export class LifecycleController {
  constructor(
    private readonly gate: OwnerGate,
    private readonly connections: ConnectionsService,
  ) {}

  @Post('manage')
  @ApiOperation({
    summary: 'Open the manage page of your connections',
    description: 'Connections may be added and deleted there; every difference is reported by events.',
  })
  @ApiBody({ type: ManageRequestDto, examples: MANAGE_EXAMPLES })
  @ApiCreatedResponse({ type: StartedAttemptResponseDto })
  @ApiProblems({ ...PROBLEMS, 404: ABSENT, 409: 'No connection yet' }, CODES)
  async manage(
    @Req() request: ConnectionsRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<StartedAttemptResponseDto> {
    const body = await bodyOf(request, ManageRequestDto);
    const started = await startAttempt(this.gate, { request, response }, body, async (owner, binding) =>
      this.connections.manage(owner, body, binding),
    );
    return startedAttemptDto(started);
  }

  @Post(':id/reconnect')
  @ApiOperation({
    summary: 'Repair a connection',
    description: 'For every `requiredAction` of `reconnect`. The connection keeps its id and its history.',
  })
  @ApiParam({ name: 'id', type: String, format: 'uuid' })
  @ApiBody({ type: ReconnectRequestDto, examples: RECONNECT_EXAMPLES })
  @ApiCreatedResponse({ type: StartedAttemptResponseDto })
  @ApiProblems({ ...PROBLEMS, 404: ABSENT, 409: 'No access token any more' }, CODES)
  async reconnect(
    @Req() request: ConnectionsRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<StartedAttemptResponseDto> {
    const id = parameterOf(request, 'id');
    const body = await bodyOf(request, ReconnectRequestDto);
    const started = await startAttempt(this.gate, { request, response }, body, async (owner, binding) =>
      this.connections.reconnect(owner, id, body, binding),
    );
    return startedAttemptDto(started);
  }

  @Post(':id/sync')
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({
    summary: 'Synchronise a connection now',
    description:
      'Powens synchronises every connection daily by itself; this is for an owner who is waiting for it.',
  })
  @ApiParam({ name: 'id', type: String, format: 'uuid' })
  @ApiAcceptedResponse({ type: ConnectionResponseDto, examples: CONNECTION_EXAMPLES })
  @ApiProblems(
    { ...PROBLEMS, 404: ABSENT, 409: '`sync_refused`: it was just done; see `Retry-After`' },
    { 409: ['sync_refused', 'not_connected', 'powens_user_not_found'] },
  )
  async sync(@Req() request: ConnectionsRequest): Promise<Connection> {
    return this.connections.sync(await this.gate.changingOwner(request), parameterOf(request, 'id'));
  }

  @Delete('me')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({
    summary: 'Erase everything of yours',
    description:
      'Deletes your Powens user, revokes and erases its access token, and removes every connection and attempt. ' +
      'What cannot be done at once is retried in the background.',
  })
  @ApiNoContentResponse({ description: 'Erased' })
  @ApiProblems(PROBLEMS)
  async erase(@Req() request: ConnectionsRequest): Promise<void> {
    await this.connections.erase(await this.gate.changingOwner(request));
  }

  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Delete a connection, at Powens and here' })
  @ApiParam({ name: 'id', type: String, format: 'uuid' })
  @ApiNoContentResponse({ description: 'Deleted' })
  @ApiProblems({ ...PROBLEMS, 404: ABSENT })
  async delete(@Req() request: ConnectionsRequest): Promise<void> {
    await this.connections.delete(await this.gate.changingOwner(request), parameterOf(request, 'id'));
  }
}
