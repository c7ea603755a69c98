import { Controller, Delete, Get, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { BearerService } from '../auth/bearer.service.js';
import { parseExpand } from '../http/expand.js';
import { Fields, fieldsOf } from '../http/fields.js';
import { paginate } from '../http/pagination.js';
import type { SandboxReply, SandboxRequest } from '../http/sandbox-request.js';
import { SANDBOX_CHOICES } from '../sandbox.choices.js';
import type { ConnectionRecord } from '../store/records.js';
import { ConnectionSetup } from '../connections/connection-setup.service.js';
import { ConnectionView } from '../connections/connection-view.service.js';
import type { ConnectionWire } from '../wire/connection.wire.js';
import { ConnectionsService } from '../connections/connections.service.js';

interface ConnectionPath {
  user?: string;
  id: string;
}

/** The states in which an answer says that one more step is needed. */
const UNFINISHED = ['SCARequired', 'webauthRequired', 'additionalInformationNeeded', 'decoupled'];

/**
 * `/users/{user}/connections`.
 *
 * @see protocol notes, section 5.3
 */
@Controller(['users/:user/connections', 'connections'])
export class ConnectionsController {
  constructor(
    private readonly bearer: BearerService,
    private readonly connections: ConnectionsService,
    private readonly setup: ConnectionSetup,
    private readonly view: ConnectionView,
  ) {}

  @Get()
  list(@Req() request: SandboxRequest, @Param('user') named?: string): Record<string, unknown> {
    const page = paginate(this.connections.of(this.bearer.userNamed(request, named)), request);
    return {
      connections: page.items.map((one) => this.show(request, one)),
      total: page.total,
      ...page.links,
    };
  }

  @Get(':id')
  read(@Req() request: SandboxRequest, @Param() path: ConnectionPath): ConnectionWire {
    return this.show(request, this.find(request, path));
  }

  @Post()
  create(@Req() request: SandboxRequest, @Res() reply: SandboxReply, @Param('user') named?: string): void {
    const user = this.bearer.userNamed(request, named);
    const made = this.setup.create(user, fieldsOf(request));
    this.answer(request, reply, { connection: made, finished: SANDBOX_CHOICES.createdConnectionStatus });
  }

  @Post(':id')
  resume(@Req() request: SandboxRequest, @Res() reply: SandboxReply, @Param() path: ConnectionPath): void {
    const isBackground = new Fields(request.query).flag('background') ?? false;
    const connection = this.setup.resume(this.find(request, path), new Fields(request.body), isBackground);
    this.answer(request, reply, { connection, finished: 200 });
  }

  @Put(':id')
  synchronise(@Req() request: SandboxRequest, @Param() path: ConnectionPath): ConnectionWire {
    const isPersonPresent = new Fields(request.query).flag('psu_requested') ?? true;
    return this.show(request, this.setup.synchronise(this.find(request, path), isPersonPresent));
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Req() request: SandboxRequest, @Param() path: ConnectionPath): void {
    this.connections.remove(this.find(request, path));
  }

  private find(request: SandboxRequest, path: ConnectionPath): ConnectionRecord {
    return this.connections.find(this.bearer.userNamed(request, path.user), path.id);
  }

  private show(request: SandboxRequest, connection: ConnectionRecord): ConnectionWire {
    return this.view.show(connection, parseExpand(new Fields(request.query).text('expand')));
  }

  private answer(
    request: SandboxRequest,
    reply: SandboxReply,
    { connection, finished }: { connection: ConnectionRecord; finished: number },
  ): void {
    const isUnfinished = UNFINISHED.includes(connection.state ?? '');
    reply
      .code(isUnfinished ? SANDBOX_CHOICES.unfinishedConnectionStatus : finished)
      .send(this.show(request, connection));
  }
}
