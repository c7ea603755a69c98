import { Controller, Delete, Get, HttpCode, Param, Req } from '@nestjs/common';
import { BearerService } from '../auth/bearer.service.js';
import { parseExpand } from '../http/expand.js';
import { Fields } from '../http/fields.js';
import { paginate } from '../http/pagination.js';
import type { SandboxRequest } from '../http/sandbox-request.js';
import { ConnectionView } from './connection-view.service.js';
import type { ConnectionWire } from './connection.wire.js';
import { ConnectionsService } from './connections.service.js';

/**
 * `/users/{user}/connections`: read and delete.
 *
 * @see powens-protocol.md section 5.3
 */
@Controller('users/:user/connections')
export class ConnectionsController {
  constructor(
    private readonly bearer: BearerService,
    private readonly connections: ConnectionsService,
    private readonly view: ConnectionView,
  ) {}

  @Get()
  list(@Req() request: SandboxRequest, @Param('user') named: string): Record<string, unknown> {
    const user = this.bearer.userNamed(request, named);
    const expand = parseExpand(new Fields(request.query).text('expand'));
    const page = paginate(this.connections.of(user), request.originalUrl);
    return {
      connections: page.items.map((one) => this.view.show(one, expand)),
      total: page.total,
      ...page.links,
    };
  }

  @Get(':id')
  read(
    @Req() request: SandboxRequest,
    @Param('user') named: string,
    @Param('id') id: string,
  ): ConnectionWire {
    const user = this.bearer.userNamed(request, named);
    const expand = parseExpand(new Fields(request.query).text('expand'));
    return this.view.show(this.connections.find(user, id), expand);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Req() request: SandboxRequest, @Param('user') named: string, @Param('id') id: string): void {
    const user = this.bearer.userNamed(request, named);
    this.connections.remove(this.connections.find(user, id));
  }
}
