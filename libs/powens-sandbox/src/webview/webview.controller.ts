import { Controller, Get, Req, Res, UseFilters } from '@nestjs/common';
import { pathOf, withoutVersion } from '../http/sandbox-request.js';
import type { SandboxReply, SandboxRequest } from '../http/sandbox-request.js';
import { WebviewRefusalFilter } from './webview-refusal.filter.js';
import { sendTo } from './webview-reply.js';
import { WebviewSessions } from './sessions/webview-sessions.service.js';
import { WEBVIEW_FLOWS, WEBVIEW_LANGS } from './url/webview-url.js';

const FLOWS = [...WEBVIEW_FLOWS];
const FLOWS_BY_LANG = WEBVIEW_LANGS.flatMap((lang) => WEBVIEW_FLOWS.map((flow) => `${lang}/${flow}`));

/**
 * Where a browser enters the webview.
 *
 * @see protocol notes, section 3.1
 */
@Controller()
@UseFilters(WebviewRefusalFilter)
export class WebviewController {
  constructor(private readonly sessions: WebviewSessions) {}

  /** Opens a session. The browser is redirected to an address without the code. */
  @Get([...FLOWS_BY_LANG, ...FLOWS_BY_LANG.map((path) => `auth/webview/${path}`)])
  open(@Req() request: SandboxRequest, @Res() reply: SandboxReply): void {
    const session = this.sessions.open(request.originalUrl);
    sendTo(reply, `/webview/${session.id}`);
  }

  /** Without a language: to the one the browser prefers, the query kept byte for byte. */
  @Get([...FLOWS, ...FLOWS.map((flow) => `auth/webview/${flow}`)])
  chooseLanguage(@Req() request: SandboxRequest, @Res() reply: SandboxReply): void {
    const url = request.originalUrl;
    const path = withoutVersion(pathOf(url));
    const flow =
      path
        .split('/')
        .filter((part) => part !== '')
        .at(-1) ?? 'connect';
    const legacy = path.startsWith('/auth/webview/') ? '/2.0/auth/webview' : '';
    const lang = preferredLang(request.headers['accept-language']);
    sendTo(reply, `${legacy}/${lang}/${flow}${url.slice(pathOf(url).length)}`, 302);
  }
}

function preferredLang(header: string | undefined): string {
  const asked = (header ?? '').split(',').map((part) => part.trim().slice(0, 2).toLowerCase());
  return asked.find((one) => WEBVIEW_LANGS.some((lang) => lang === one)) ?? 'en';
}
