import type { IncomingMessage } from 'node:http';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Module,
  Param,
  Post,
  Query,
  Req,
  Res,
  UnauthorizedException,
  UseFilters,
  type DynamicModule,
} from '@nestjs/common';
import {
  ConnectionsExceptionFilter,
  ConnectionsService,
  HostRoutesService,
  ShareLinksService,
  getConnectionsToken,
  type Attempt,
  type CompletedAttempt,
  type Connection,
  type ConnectionPage,
  type HtmlPage,
  type ShareLink,
  type ShareLinkRequest,
  type ManageRequest,
  type PageRequest,
  type ReconnectRequest,
  type CompletionRequest,
  type StartedAttempt,
} from 'nestjs-powens-connections';

interface Request extends IncomingMessage {
  readonly method: string;
  readonly url: string;
  readonly rawBody?: Buffer;
}

/** The common part of both adapters. */
interface Response {
  header(name: string, value: string): Response;
  status(status: number): Response;
  send(body?: unknown): unknown;
}

/** The session of this host: who is signed in. */
function userOf({ headers }: IncomingMessage): string | null {
  const user = headers['x-user'];
  return typeof user === 'string' ? user : null;
}

function requiredUser(request: IncomingMessage): string {
  const user = userOf(request);
  if (user === null) {
    throw new UnauthorizedException();
  }
  return user;
}

/** The answer of a start: with the binding where the application keeps it. */
type Answered = Omit<StartedAttempt, 'binding' | 'complete'> & { readonly binding?: string };

function send(response: Response, { headers, body }: HtmlPage): void {
  for (const [name, value] of Object.entries({ ...headers, 'content-type': 'text/html; charset=utf-8' })) {
    response.header(name, value);
  }
  response.status(200).send(body);
}

/** Routes that a host wrote by itself, with the public services alone. */
@Controller('connections')
@UseFilters(ConnectionsExceptionFilter)
class HostConnectionsController {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly routes: HostRoutesService,
    private readonly links: ShareLinksService,
  ) {}

  @Post('connect')
  async connect(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: unknown,
  ): Promise<Answered> {
    return this.started(response, await this.start(request, body));
  }

  @Get('connect')
  async link(@Req() request: Request, @Res() response: Response, @Query() query: unknown): Promise<void> {
    this.routes.refusePrefetch(request);
    const { url, binding } = await this.start(request, query);
    response
      .status(303)
      .header('set-cookie', this.routes.bindingCookie(binding))
      .header('location', url)
      .send('');
  }

  @Get('callback')
  async callback(@Req() request: Request, @Res() response: Response): Promise<void> {
    response.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer');
    this.routes.refusePrefetch(request);
    const { url, page } = (await this.routes.passOn(request.url)) ?? (await this.complete(request));
    if (page === null) {
      response.status(303).header('location', url).send('');
      return;
    }
    send(response, page);
  }

  private async complete(request: Request): Promise<CompletedAttempt> {
    return this.routes.complete({
      query: request.url,
      binding: this.routes.readBinding(request.headers.cookie),
      principal: userOf(request),
    });
  }

  @Post('links')
  async createLink(@Req() request: Request, @Body() body: ShareLinkRequest): Promise<ShareLink> {
    const user = this.changingUser(request);
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
    await this.links.revoke(this.changingUser(request), id);
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
    return this.started(response, await this.links.open(this.changingUser(request), token, { binding }));
  }

  @Post('webhooks/:event')
  @HttpCode(204)
  async webhook(@Req() request: Request, @Param('event') event: string): Promise<void> {
    await this.routes.receiveWebhook({ event, headers: request.headers, rawBody: request.rawBody });
  }

  @Post('attempts/:id/complete')
  @HttpCode(200)
  async completeAttempt(
    @Req() request: Request,
    @Param('id') id: string,
    @Body() body: CompletionRequest,
  ): Promise<Attempt> {
    return this.routes.completeWithTicket(this.changingUser(request), id, body);
  }

  @Get('attempts/:id')
  async attempt(@Req() request: Request, @Param('id') id: string): Promise<Attempt> {
    return this.connections.getAttempt(userOf(request), id);
  }

  @Get()
  async list(@Req() request: Request, @Query() page: PageRequest): Promise<ConnectionPage> {
    return this.connections.list(userOf(request), page);
  }

  @Get(':id')
  async get(@Req() request: Request, @Param('id') id: string): Promise<Connection> {
    return this.connections.get(userOf(request), id);
  }

  @Post('manage')
  async manage(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: ManageRequest,
  ): Promise<Answered> {
    const binding = this.routes.readBinding(request.headers.cookie);
    return this.started(response, await this.connections.manage(this.changingUser(request), body, binding));
  }

  @Post(':id/reconnect')
  async reconnect(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Param('id') id: string,
    @Body() body: ReconnectRequest,
  ): Promise<Answered> {
    const binding = this.routes.readBinding(request.headers.cookie);
    return this.started(
      response,
      await this.connections.reconnect(this.changingUser(request), id, body, binding),
    );
  }

  @Delete('me')
  @HttpCode(204)
  async erase(@Req() request: Request): Promise<void> {
    await this.connections.erase(this.changingUser(request));
  }

  @Delete(':id')
  @HttpCode(204)
  async delete(@Req() request: Request, @Param('id') id: string): Promise<void> {
    await this.connections.delete(this.changingUser(request), id);
  }

  private async start(request: Request, input: unknown): Promise<StartedAttempt> {
    const user = this.changingUser(request);
    const options = await this.routes.readStart(input);
    return this.connections.start(user, options, this.routes.readBinding(request.headers.cookie));
  }

  private changingUser(request: Request): string {
    this.routes.refuseCrossSite(request);
    return requiredUser(request);
  }

  private started(response: Response, { binding, complete, ...started }: StartedAttempt): Answered {
    if (complete === 'confirm') {
      return { ...started, binding };
    }
    response.header('set-cookie', this.routes.bindingCookie(binding));
    return started;
  }
}

/** A host without the routes of the library. Needs the raw bodies of requests: `NestFactory.create(module, { rawBody: true })`. */
@Module({ controllers: [HostConnectionsController] })
class HostRoutesModule {}

/** The routes of a host for one registration. */
export function hostRoutesOf(instance: string | undefined): DynamicModule {
  const services = instance === undefined ? [] : [ConnectionsService, HostRoutesService, ShareLinksService];
  const providers = services.map((service) => ({
    provide: service,
    useExisting: getConnectionsToken(service, instance),
  }));
  return { module: HostRoutesModule, providers };
}
