import type { IncomingMessage } from 'node:http';
import {
  Body,
  Controller,
  HttpCode,
  HttpStatus,
  Inject,
  NotFoundException,
  Post,
  Req,
  UseGuards,
  ValidationPipe,
} from '@nestjs/common';
import { ApiCookieAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ConnectionsService } from 'nestjs-powens-connections';
import type { PowensSandbox } from 'powens-sandbox';
import { ApiProblem } from '../http/problem.decorator.js';
import { SameSiteGuard } from '../http/same-site.guard.js';
import { SESSION_COOKIE, SessionCookie } from '../session/session-cookie.service.js';
import { SessionGuard } from '../session/session.guard.js';
import { ChangeStateDto } from './change-state.dto.js';
import { FiredWebhookDto, FireWebhookDto } from './fire-webhook.dto.js';

/** Only here, not for all routes: the library validates its own routes, with its own answers. */
const SHAPE = new ValidationPipe({ whitelist: true, transform: true });

/** Injects the embedded sandbox. */
export const EMBEDDED_SANDBOX = Symbol('EMBEDDED_SANDBOX');

/** Triggers Powens by hand. Registered only with the embedded sandbox. */
@ApiTags('host')
@ApiCookieAuth(SESSION_COOKIE)
@UseGuards(SameSiteGuard, SessionGuard)
@Controller()
export class SandboxController {
  constructor(
    @Inject(EMBEDDED_SANDBOX) private readonly sandbox: PowensSandbox,
    private readonly cookie: SessionCookie,
    private readonly connections: ConnectionsService,
  ) {}

  @Post('sandbox-webhooks')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({
    summary: 'Let the sandbox send a webhook now',
    description:
      'About one of your connections, signed as Powens does. Then see `GET /events`: a webhook that contains nothing new ' +
      'is taken and leads to no event.',
  })
  @ApiOkResponse({ type: FiredWebhookDto })
  @ApiProblem(401, 'No user is signed in')
  @ApiProblem(404, 'You have no such connection')
  async fire(@Body(SHAPE) asked: FireWebhookDto, @Req() request: IncomingMessage): Promise<FiredWebhookDto> {
    const idConnection = await this.powensIdOf(this.cookie.userOf(request.headers), asked.connectionId);
    const { idWebhookData, attempts } = await this.sandbox.webhooks.deliver({
      event: asked.event,
      idConnection,
    });
    return { idWebhookData, statuses: attempts.map(({ status }) => status) };
  }

  @Post('sandbox-states')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({
    summary: 'Let the bank of a connection ask for something',
    description:
      'Puts one of your connections into a state; the sandbox sends the webhook of it, and an event follows.',
  })
  @ApiNoContentResponse({ description: 'The connection has this state at the sandbox' })
  @ApiProblem(400, 'The body has no acceptable state')
  @ApiProblem(401, 'No user is signed in')
  @ApiProblem(404, 'You have no such connection')
  async change(@Body(SHAPE) asked: ChangeStateDto, @Req() request: IncomingMessage): Promise<void> {
    const { state, connectionId } = asked;
    const idConnection = await this.powensIdOf(this.cookie.userOf(request.headers), connectionId);
    await this.sandbox.changeConnection(idConnection, { state });
  }

  private async powensIdOf(user: string, id: string | undefined): Promise<number> {
    const { items } = await this.connections.list(user, { limit: 200 });
    const chosen = id === undefined ? items.at(-1) : items.find((connection) => connection.id === id);
    if (chosen === undefined) {
      throw new NotFoundException('You have no such connection.');
    }
    return Number(chosen.powensConnectionId);
  }
}
