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
  type ManageRequest,
  type PageRequest,
  type ReconnectRequest,
  type CompletionRequest,
  type StartedAttempt,
} from 'nestjs-powens-connections';
import {
  answered,
  requiredUser,
  send,
  userOf,
  type Answered,
  type Request,
  type Response,
} from './host-requests.js';
import { HostLinksController } from './host-links.controller.js';

/** Routes that a host wrote by itself, with the public services alone. */
@Controller('connections')
@UseFilters(ConnectionsExceptionFilter)
class HostConnectionsController {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly routes: HostRoutesService,
  ) {}

  @Post('connect')
  async connect(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: unknown,
  ): Promise<Answered> {
    return answered(this.routes, response, await this.start(request, body));
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
    return answered(
      this.routes,
      response,
      await this.connections.manage(this.changingUser(request), body, binding),
    );
  }

  @Post(':id/reconnect')
  async reconnect(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Param('id') id: string,
    @Body() body: ReconnectRequest,
  ): Promise<Answered> {
    const binding = this.routes.readBinding(request.headers.cookie);
    return answered(
      this.routes,
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
}

/** A host without the routes of the library. Needs the raw bodies of requests: `NestFactory.create(module, { rawBody: true })`. */
@Module({ controllers: [HostLinksController, HostConnectionsController] })
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
