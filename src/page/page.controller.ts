import type { IncomingMessage } from 'node:http';
import { Controller, Get, Header, HttpCode, Inject, NotFoundException, Req, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import { APP_CONFIG, type AppConfig } from '../config/app.config.js';
import { pathOf } from '../http/access-log.middleware.js';
import { SessionCookie } from '../session/session-cookie.service.js';
import { readAssets } from './assets.js';
import { renderPage } from './page.html.js';

const ASSETS = '/assets/';

/** The page of the demo: the element of the library, as a front end uses it. */
@ApiExcludeController()
@Controller()
export class PageController {
  private readonly assets = readAssets();

  constructor(
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    private readonly cookie: SessionCookie,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** Says who is signed in: a page that asked for it would be answered 401 before the sign-in. */
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  page(@Req() request: IncomingMessage): string {
    return renderPage(this.cookie.read(request.headers), this.config.embeddedSandbox);
  }

  // Not `*`: Express and Fastify write it differently.
  @Get(['assets/:folder/:file', 'assets/:folder/:part/:file'])
  asset(@Req() request: IncomingMessage, @Res({ passthrough: true }) response: unknown): string {
    const asset = this.assets.get(pathOf(request).slice(ASSETS.length));
    if (asset === undefined) {
      throw new NotFoundException();
    }
    // Through the adapter, so that the same line works on Express and on Fastify.
    this.adapterHost.httpAdapter.setHeader(response, 'Content-Type', asset.type);
    return asset.text;
  }

  /** Browsers ask for it beside every page and every JSON answer that they show. */
  @Get('favicon.ico')
  @HttpCode(204)
  icon(): void {
    // There is no icon.
  }
}
