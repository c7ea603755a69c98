import type { IncomingMessage } from 'node:http';
import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import { ApiCookieAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblem } from '../http/problem.decorator.js';
import { SESSION_COOKIE, SessionCookie } from '../session/session-cookie.service.js';
import { SessionGuard } from '../session/session.guard.js';
import { EventListDto } from './event.dto.js';
import { EVENTS_PER_USER, ReceivedEvents } from './received-events.store.js';

/** Shows the events that reached the host's handlers. */
@ApiTags('host')
@ApiCookieAuth(SESSION_COOKIE)
@UseGuards(SessionGuard)
@Controller('events')
export class EventsController {
  constructor(
    private readonly cookie: SessionCookie,
    private readonly received: ReceivedEvents,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Events received',
    description: `The last ${EVENTS_PER_USER} events that the handlers of this process received for the signed-in user, newest last.`,
  })
  @ApiOkResponse({ type: EventListDto })
  @ApiProblem(401, 'No user is signed in')
  list(@Req() request: IncomingMessage): EventListDto {
    return { items: this.received.of(this.cookie.userOf(request.headers)) };
  }
}
