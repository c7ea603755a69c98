import type { IncomingMessage } from 'node:http';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Post,
  Req,
  Res,
  UseGuards,
  ValidationPipe,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiCookieAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblem } from '../http/problem.decorator.js';
import { SameSiteGuard } from '../http/same-site.guard.js';
import { SESSION_COOKIE, SessionCookie } from './session-cookie.service.js';
import { SessionDto, SignInDto } from './session.dto.js';
import { SessionGuard } from './session.guard.js';

/** Only here, not for all routes: the library validates its own routes, with its own answers. */
const SIGN_IN_SHAPE = new ValidationPipe({ whitelist: true, transform: true });

/** Stands in for the host application's own login. */
@ApiTags('session')
@Controller('session')
export class SessionController {
  constructor(
    private readonly cookie: SessionCookie,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  @Post()
  @HttpCode(204)
  @UseGuards(SameSiteGuard)
  @ApiOperation({
    summary: 'Sign in',
    description:
      'Stands in for the login of your application. The browser keeps the session cookie by itself.',
    security: [],
  })
  @ApiNoContentResponse({
    description: 'Signed in',
    headers: { 'Set-Cookie': { schema: { type: 'string' } } },
  })
  @ApiProblem(400, 'The body has no acceptable user name')
  @ApiProblem(403, 'The request comes from a page of another site')
  signIn(@Body(SIGN_IN_SHAPE) body: SignInDto, @Res({ passthrough: true }) response: unknown): void {
    this.setCookie(response, this.cookie.issue(body.user));
  }

  @Get()
  @UseGuards(SessionGuard)
  @ApiCookieAuth(SESSION_COOKIE)
  @ApiOperation({ summary: 'Who is signed in?' })
  @ApiOkResponse({ type: SessionDto })
  @ApiProblem(401, 'No user is signed in')
  show(@Req() request: IncomingMessage): SessionDto {
    return { user: this.cookie.userOf(request.headers) };
  }

  @Delete()
  @HttpCode(204)
  @UseGuards(SameSiteGuard)
  @ApiOperation({ summary: 'Sign out', security: [] })
  @ApiNoContentResponse({ description: 'Signed out, or no user was signed in' })
  @ApiProblem(403, 'The request comes from a page of another site')
  signOut(@Res({ passthrough: true }) response: unknown): void {
    this.setCookie(response, this.cookie.clear());
  }

  /** Through the adapter, so that the same line works on Express and on Fastify. */
  private setCookie(response: unknown, cookie: string): void {
    this.adapterHost.httpAdapter.setHeader(response, 'Set-Cookie', cookie);
  }
}
