import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseFilters,
} from '@nestjs/common';
import {
  ConnectionsExceptionFilter,
  HostRoutesService,
  ShareLinksService,
  type ShareLink,
  type ShareLinkRequest,
} from 'nestjs-powens-connections';
import { answered, requiredUser, send, type Answered, type Request, type Response } from './host-requests.js';

/** The routes of share links, as a host wrote them by itself. */
@Controller('connections')
@UseFilters(ConnectionsExceptionFilter)
export class HostLinksController {
  constructor(
    private readonly routes: HostRoutesService,
    private readonly links: ShareLinksService,
  ) {}

  @Post('links')
  async createLink(@Req() request: Request, @Body() body: ShareLinkRequest): Promise<ShareLink> {
    const user = changingUser(this.routes, request);
    const { expiresInMinutes, maxUses, ...start } = body;
    const checked = await this.routes.readStart(start);
    return this.links.create(user, {
      ...checked,
      ...(expiresInMinutes === undefined ? {} : { expiresInMinutes }),
      ...(maxUses === undefined ? {} : { maxUses }),
    });
  }

  @Delete('links/:id')
  @HttpCode(204)
  async revokeLink(@Req() request: Request, @Param('id') id: string): Promise<void> {
    await this.links.revoke(changingUser(this.routes, request), id);
  }

  @Get('links/open')
  linkPage(@Res() response: Response): void {
    send(response, this.routes.linkPage());
  }

  @Post('links/open')
  async openLink(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Query('token') token: string,
  ): Promise<Answered> {
    const binding = this.routes.readBinding(request.headers.cookie);
    return answered(
      this.routes,
      response,
      await this.links.open(changingUser(this.routes, request), token, { binding }),
    );
  }
}

function changingUser(routes: HostRoutesService, request: Request): string {
  routes.refuseCrossSite(request);
  return requiredUser(request);
}
