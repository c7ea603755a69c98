import { Controller, Get, Req, Res } from '@nestjs/common';
import { ConnectorsService } from '../connectors/connectors.service.js';
import type { SandboxReply, SandboxRequest } from '../http/sandbox-request.js';
import { DEFAULT_CLIENT } from '../sandbox.credentials.js';
import { homePage } from '../webview/pages/home.page.js';
import { sendPage } from '../webview/webview-reply.js';

/** `GET /`: a page that describes what is running here. */
@Controller()
export class HomeController {
  constructor(private readonly connectors: ConnectorsService) {}

  @Get()
  home(@Req() request: SandboxRequest, @Res() reply: SandboxReply): void {
    const root = `http://${request.headers.host ?? '127.0.0.1'}`;
    const query = new URLSearchParams({
      domain: DEFAULT_CLIENT.domain,
      client_id: DEFAULT_CLIENT.clientId,
      redirect_uri: `${root}/`,
      state: 'from-the-home-page',
    });
    const returned = [...new URLSearchParams(request.originalUrl.split('?')[1])];
    sendPage(
      reply,
      homePage({
        root,
        tryUrl: `/en/connect?${query.toString()}`,
        returned,
        connectors: this.connectors.all(),
      }),
    );
  }
}
