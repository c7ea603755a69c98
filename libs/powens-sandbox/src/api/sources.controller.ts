import { Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { BearerService } from '../auth/bearer.service.js';
import { Fields } from '../http/fields.js';
import { paginate } from '../http/pagination.js';
import { notFound } from '../http/sandbox-api.error.js';
import type { SandboxRequest } from '../http/sandbox-request.js';
import type { SourceRecord } from '../store/records.js';
import { SandboxStore } from '../store/sandbox.store.js';
import { sourceToWire } from '../wire/connection.wire.js';
import { ConnectionsService } from '../connections/connections.service.js';

interface SourcePath {
  user?: string;
  id: string;
  source?: string;
}

/**
 * `/users/{user}/connections/{id}/sources`, and the legacy logs beside them.
 *
 * @see protocol notes, section 5.3
 */
@Controller(['users/:user/connections/:id', 'connections/:id'])
export class SourcesController {
  constructor(
    private readonly bearer: BearerService,
    private readonly connections: ConnectionsService,
    private readonly store: SandboxStore,
  ) {}

  @Get('sources')
  list(@Req() request: SandboxRequest, @Param() path: SourcePath): Record<string, unknown> {
    const withDisabled = new Fields(request.query).has('all');
    const sources = this.sources(request, path).filter((one) => withDisabled || one.disabledAt === null);
    const page = paginate(sources, request);
    return { sources: page.items.map(sourceToWire), total: page.total, ...page.links };
  }

  @Get('sources/:source')
  read(@Req() request: SandboxRequest, @Param() path: SourcePath): Record<string, unknown> {
    return sourceToWire(this.find(request, path));
  }

  @Post('sources/:source')
  @HttpCode(200)
  update(@Req() request: SandboxRequest, @Param() path: SourcePath): Record<string, unknown> {
    const source = this.find(request, path);
    const isDisabled = new Fields(request.body).flag('disabled') ?? source.disabledAt !== null;
    const disabledAt = isDisabled ? this.store.clock.now() : null;
    return sourceToWire(this.connections.changeSource(source, { disabledAt }));
  }

  @Get('logs')
  logs(@Req() request: SandboxRequest, @Param() path: SourcePath): Record<string, unknown> {
    this.sources(request, path);
    return { connectionlogs: [], total: 0 };
  }

  private sources(request: SandboxRequest, path: SourcePath): SourceRecord[] {
    const user = this.bearer.userNamed(request, path.user);
    return this.connections.sourcesOf(this.connections.find(user, path.id));
  }

  private find(request: SandboxRequest, path: SourcePath): SourceRecord {
    const source = this.sources(request, path).find((one) => String(one.id) === path.source);
    if (source === undefined) {
      throw notFound();
    }
    return source;
  }
}
