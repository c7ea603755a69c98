import { Controller, HttpCode, Param, Post, Req, UseGuards } from '@nestjs/common';
import { ConnectionView } from '../connections/connection-view.service.js';
import type { ConnectionWire } from '../connections/connection.wire.js';
import { changesForState } from '../connections/connection-state.js';
import { ConnectionsService } from '../connections/connections.service.js';
import { Fields } from '../http/fields.js';
import { invalidValue, notFound } from '../http/sandbox-api.error.js';
import type { SandboxRequest } from '../http/sandbox-request.js';
import type { ConnectionRecord, FieldRecord } from '../store/records.js';
import { SandboxStore } from '../store/sandbox.store.js';
import { LoopbackGuard } from './loopback.guard.js';

/** `POST /sandbox/connections/:id`: puts a connection into any state, an invented one included. */
@Controller('sandbox/connections')
@UseGuards(LoopbackGuard)
export class ConnectionsAdminController {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly store: SandboxStore,
    private readonly view: ConnectionView,
  ) {}

  /** What the body leaves out is what the provider would show with that state. */
  @Post(':id')
  @HttpCode(200)
  change(@Req() request: SandboxRequest, @Param('id') id: string): ConnectionWire {
    const connection = this.connections.byId(Number(id));
    if (connection === undefined) {
      throw notFound();
    }
    const body = new Fields(request.body);
    const changed = this.connections.change(connection, {
      ...(body.has('state') ? changesForState(stateOf(body), this.store.clock.now()) : {}),
      ...explicitChanges(body),
    });
    if (body.has('state')) {
      this.connections.sourcesOf(changed).forEach((source) => {
        this.connections.changeSource(source, { state: changed.state, nextTry: changed.nextTry });
      });
    }
    return this.view.show(changed);
  }
}

function stateOf(body: Fields): string | null {
  return body.text('state') ?? null;
}

function explicitChanges(body: Fields): Partial<ConnectionRecord> {
  return {
    ...(body.has('errorMessage') ? { errorMessage: body.text('errorMessage') ?? null } : {}),
    ...(body.has('fields') ? { fields: body.raw('fields') as FieldRecord[] | null } : {}),
    ...(body.has('active') ? { active: body.flag('active') ?? true } : {}),
    ...instant(body, 'expire'),
    ...instant(body, 'lastUpdate'),
    ...instant(body, 'nextTry'),
  };
}

/** An instant given as ISO 8601, or null. */
function instant(body: Fields, name: 'expire' | 'lastUpdate' | 'nextTry'): Partial<ConnectionRecord> {
  if (!body.has(name)) {
    return {};
  }
  const text = body.text(name);
  const at = text === undefined ? null : Date.parse(text);
  if (Number.isNaN(at)) {
    throw invalidValue(name, 'it is an ISO 8601 instant');
  }
  return { [name]: at };
}
