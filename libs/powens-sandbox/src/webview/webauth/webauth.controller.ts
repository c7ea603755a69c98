import { Controller, Get, Req, Res } from '@nestjs/common';
import { BearerService } from '../../auth/bearer.service.js';
import { TokensService } from '../../auth/tokens.service.js';
import { Fields } from '../../http/fields.js';
import { unauthorized } from '../../http/sandbox-api.error.js';
import type { SandboxReply, SandboxRequest } from '../../http/sandbox-request.js';
import { UsersService } from '../../auth/users.service.js';
import { WebauthSessions } from './webauth-sessions.service.js';

/**
 * The bank's own site without the webview around it: as an address for a browser, or as a redirect of the browser.
 *
 * @see protocol notes, section 5.5
 */
@Controller()
export class WebauthController {
  constructor(
    private readonly bearer: BearerService,
    private readonly tokens: TokensService,
    private readonly users: UsersService,
    private readonly webauth: WebauthSessions,
  ) {}

  @Get('webauth-url')
  url(@Req() request: SandboxRequest): { url: string } {
    const path = this.webauth.open(this.bearer.user(request), request.originalUrl);
    return { url: `http://${request.headers.host ?? '127.0.0.1'}${path}` };
  }

  /** Reached by the browser, which has no bearer: a temporary code stands for the user. */
  @Get('webauth')
  redirect(@Req() request: SandboxRequest, @Res() reply: SandboxReply): void {
    const code = this.tokens.usableCode(new Fields(request.query).required('token'));
    const user = code === undefined || code.boundTo !== null ? undefined : this.users.find(code.idUser);
    if (user === undefined) {
      throw unauthorized();
    }
    reply.code(307).header('location', this.webauth.open(user, request.originalUrl)).send('');
  }
}
