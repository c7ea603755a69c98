import { Controller, Delete, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import { BearerService } from '../../auth/bearer.service.js';
import { fieldsOf } from '../../http/fields.js';
import { paginate } from '../../http/pagination.js';
import { notFound } from '../../http/sandbox-api.error.js';
import type { SandboxRequest } from '../../http/sandbox-request.js';
import type { WebhookRegistrationRecord } from '../../store/webhook.records.js';
import { DeliveryEngine } from '../../webhooks/delivery/delivery-engine.service.js';
import { WEBHOOK_EVENTS, webhookEventNames } from '../../store/webhook-event.js';
import { readEvent } from '../../webhooks/registry/read-event.js';
import { WebhookRegistrations } from '../../webhooks/delivery/webhook-registrations.service.js';
import { logToWire, webhookToWire } from '../../wire/webhook.wire.js';

/**
 * `/webhooks` and `/webhooks_events`, with the config token.
 *
 * @see protocol notes, section 7.1
 */
@Controller()
export class WebhooksController {
  constructor(
    private readonly bearer: BearerService,
    private readonly engine: DeliveryEngine,
    private readonly registrations: WebhookRegistrations,
  ) {}

  @Get('webhooks_events')
  events(@Req() request: SandboxRequest): Record<string, unknown> {
    this.bearer.requireConfigToken(request);
    const events = webhookEventNames().map((name) => ({ id: WEBHOOK_EVENTS[name], name }));
    return { webhooks_events: events, total: events.length };
  }

  @Get('webhooks')
  list(@Req() request: SandboxRequest): Record<string, unknown> {
    this.bearer.requireConfigToken(request);
    const shown = this.registrations.all(fieldsOf(request).has('all'));
    const page = paginate(shown, request);
    return { webhooks: page.items.map(webhookToWire), total: page.total, ...page.links };
  }

  @Post('webhooks')
  @HttpCode(200)
  create(@Req() request: SandboxRequest): Record<string, unknown> {
    this.bearer.requireConfigToken(request);
    const fields = fieldsOf(request);
    return webhookToWire(this.registrations.create(readEvent(fields), fields));
  }

  @Get('webhooks/:id')
  read(@Req() request: SandboxRequest, @Param('id') id: string): Record<string, unknown> {
    return webhookToWire(this.find(request, id));
  }

  @Put('webhooks/:id')
  update(@Req() request: SandboxRequest, @Param('id') id: string): Record<string, unknown> {
    return webhookToWire(this.registrations.change(this.find(request, id), fieldsOf(request)));
  }

  @Post('webhooks/:id')
  @HttpCode(200)
  updateByPost(@Req() request: SandboxRequest, @Param('id') id: string): Record<string, unknown> {
    return this.update(request, id);
  }

  @Delete('webhooks')
  removeAll(@Req() request: SandboxRequest): Record<string, unknown> {
    this.bearer.requireConfigToken(request);
    const removed = this.registrations.all(true);
    this.registrations.clear();
    return { webhooks: removed.map(webhookToWire), total: removed.length };
  }

  @Delete('webhooks/:id')
  remove(@Req() request: SandboxRequest, @Param('id') id: string): Record<string, unknown> {
    const found = this.find(request, id);
    this.registrations.remove(found.id);
    return webhookToWire(found);
  }

  @Get('webhooks/:id/logs')
  logs(@Req() request: SandboxRequest, @Param('id') id: string): Record<string, unknown> {
    const found = this.find(request, id);
    const rows = this.engine.log().filter((one) => one.idRegistration === found.id);
    const page = paginate(rows.map(logToWire), request);
    return { webhooklogs: page.items, total: page.total, ...page.links };
  }

  private find(request: SandboxRequest, id: string): WebhookRegistrationRecord {
    this.bearer.requireConfigToken(request);
    const found = this.registrations.get(Number(id));
    if (found === undefined || String(found.id) !== id) {
      throw notFound();
    }
    return found;
  }
}
