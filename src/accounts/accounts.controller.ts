import type { IncomingMessage } from 'node:http';
import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import { ApiCookieAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblem } from '../http/problem.decorator.js';
import { SESSION_COOKIE, SessionCookie } from '../session/session-cookie.service.js';
import { SessionGuard } from '../session/session.guard.js';
import { AccountListDto } from './account.dto.js';
import { AccountsService } from './accounts.service.js';

/** Shows a use of the access token. */
@ApiTags('host')
@ApiCookieAuth(SESSION_COOKIE)
@UseGuards(SessionGuard)
@Controller('accounts')
export class AccountsController {
  constructor(
    private readonly cookie: SessionCookie,
    private readonly accounts: AccountsService,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Bank accounts',
    description:
      "The signed-in user's bank accounts, read live from Powens with the access token kept for them.",
  })
  @ApiOkResponse({ type: AccountListDto })
  @ApiProblem(401, 'No user is signed in')
  @ApiProblem(409, 'No bank is connected yet', 'not_connected')
  @ApiProblem(502, 'Powens did not answer')
  @ApiProblem(503, 'The access token cannot be used at the moment', 'storage_failed')
  async list(@Req() request: IncomingMessage): Promise<AccountListDto> {
    return { items: await this.accounts.list(this.cookie.userOf(request.headers)) };
  }
}
