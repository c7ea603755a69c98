import { Controller, HttpCode, Param, Post, Req, UseGuards } from '@nestjs/common';
import { ConnectionView } from '../connections/connection-view.service.js';
import type { ConnectionWire } from '../wire/connection.wire.js';
import { ConnectionsService } from '../connections/connections.service.js';
import { Fields } from '../http/fields.js';
import { invalidValue, notFound } from '../http/sandbox-api.error.js';
import type { SandboxRequest } from '../http/sandbox-request.js';
import type { ConnectionRecord, FieldRecord } from '../store/records.js';
import { LoopbackGuard } from './loopback.guard.js';

/** `POST /sandbox/connections/:id`: puts a connection into any state, an invented one included, and sends the webhook of it. */
@Controller('sandbox/connections')
@UseGuards(LoopbackGuard)
export class ConnectionsAdminController {
  constructor(
    private readonly connections: ConnectionsService,
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
    const state = body.text('state') ?? null;
    const inState = body.has('state') ? this.connections.putInState(connection, state) : connection;
    const changed = this.connections.change(inState, explicitChanges(body));
    if (body.has('accessExpire')) {
      const accessExpire = instant(body, 'accessExpire');
      this.connections
        .sourcesOf(changed)
        .forEach((source) => this.connections.changeSource(source, { accessExpire }));
    }
    return this.view.show(body.has('state') ? this.connections.announce(changed) : changed);
  }
}

function explicitChanges(body: Fields): Partial<ConnectionRecord> {
  return {
    ...(body.has('errorMessage') ? { errorMessage: body.text('errorMessage') ?? null } : {}),
    ...(body.has('fields') ? { fields: body.raw('fields') as FieldRecord[] | null } : {}),
    ...(body.has('active') ? { active: body.flag('active') ?? true } : {}),
    ...(body.has('expire') ? { expire: instant(body, 'expire') } : {}),
    ...(body.has('lastUpdate') ? { lastUpdate: instant(body, 'lastUpdate') } : {}),
    ...(body.has('nextTry') ? { nextTry: instant(body, 'nextTry') } : {}),
  };
}

/** An instant given as ISO 8601, or null. */
function instant(body: Fields, name: string): number | null {
  const text = body.text(name);
  const at = text === undefined ? null : Date.parse(text);
  if (Number.isNaN(at)) {
    throw invalidValue(name, 'it is an ISO 8601 instant');
  }
  return at;
}
