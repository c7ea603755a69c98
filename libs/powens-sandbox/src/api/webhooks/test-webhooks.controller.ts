import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { BearerService } from '../../auth/bearer.service.js';
import { ConnectionsService } from '../../connections/connections.service.js';
import { notFound } from '../../http/sandbox-api.error.js';
import type { SandboxRequest } from '../../http/sandbox-request.js';
import { SandboxStore } from '../../store/sandbox.store.js';

/**
 * `POST /test/webhooks` and `/test/sync`, with the config token: synchronises some connection, so that its webhooks are sent.
 *
 * @see protocol notes, section 7.1
 */
@Controller('test')
export class TestWebhooksController {
  constructor(
    private readonly bearer: BearerService,
    private readonly connections: ConnectionsService,
    private readonly store: SandboxStore,
  ) {}

  /** The oldest connection that works is as random as any, and the same in each run of a test. */
  @Post(['webhooks', 'sync'])
  @HttpCode(200)
  synchronise(@Req() request: SandboxRequest): Record<string, never> {
    this.bearer.requireConfigToken(request);
    const existing = [...this.store.connections.all()];
    const working = existing.find(
      ({ deletedAt, state, active }) => deletedAt === null && state === null && active,
    );
    if (working === undefined) {
      throw notFound();
    }
    this.connections.synchronise(working);
    return {};
  }
}
