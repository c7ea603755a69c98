import { Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { Fields } from '../http/fields.js';
import type { SandboxReply, SandboxRequest } from '../http/sandbox-request.js';
import type { WebviewSessionRecord } from '../store/webview-session.record.js';
import { WebviewActions } from './steps/webview-actions.service.js';
import type { Outcome } from './steps/webview-actions.service.js';
import { WebviewEnding } from './steps/webview-ending.service.js';
import { WebviewPages } from './webview-pages.service.js';
import { WebviewRefusalFilter } from './webview-refusal.filter.js';
import { sendPage, sendTo } from './webview-reply.js';
import { WebviewSessions } from './sessions/webview-sessions.service.js';

/** The pages of one webview session: `GET` shows where it stands, `POST` moves it on and redirects back to that. */
@Controller('webview/:id')
@UseFilters(WebviewRefusalFilter)
export class WebviewSessionController {
  constructor(
    private readonly actions: WebviewActions,
    private readonly ending: WebviewEnding,
    private readonly pages: WebviewPages,
    private readonly sessions: WebviewSessions,
  ) {}

  @Get()
  show(@Req() request: SandboxRequest, @Res() reply: SandboxReply, @Param('id') id: string): void {
    const session = this.sessions.get(id);
    const elsewhere = this.elsewhere(session);
    if (elsewhere === undefined) {
      sendPage(reply, this.pages.show(session, new Fields(request.query)));
    } else {
      sendTo(reply, elsewhere);
    }
  }

  /** The pretended site of the bank, for the connectors that have one. */
  @Get('bank')
  bank(@Res() reply: SandboxReply, @Param('id') id: string): void {
    const session = this.sessions.get(id);
    if (session.step === 'bank' && this.elsewhere(session) === undefined) {
      sendPage(reply, this.pages.bank(session));
    } else {
      sendTo(reply, `/webview/${id}`);
    }
  }

  @Post(':action')
  act(
    @Req() request: SandboxRequest,
    @Res() reply: SandboxReply,
    @Param() path: { id: string; action: string },
  ): void {
    const session = this.sessions.get(path.id);
    const outcome: Outcome =
      this.elsewhere(session) ?? this.actions.perform(session, path.action, new Fields(request.body));
    sendTo(reply, typeof outcome === 'string' ? outcome : `/webview/${session.id}`);
  }

  /** A finished session leads where it led, and one that has become too old ends here. */
  private elsewhere(session: WebviewSessionRecord): string | undefined {
    if (session.location !== null) {
      return session.location;
    }
    return this.sessions.isExpired(session) ? this.ending.fail(session, 'session_expired') : undefined;
  }
}
