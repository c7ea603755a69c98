import { Controller, Delete, Get, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { LoopbackGuard } from '../loopback.guard.js';
import type { SandboxRequest } from '../../http/sandbox-request.js';
import type { WebhookSettings } from '../../store/webhook.records.js';
import { WebhookDesk } from './webhook-desk.service.js';
import type { WebhookLogEntry, WebhookRegistrationView, WebhookSent } from './webhook-desk.service.js';

/** `/sandbox/webhooks`: registers receivers, fires events, and tells what was sent. */
@Controller('sandbox/webhooks')
@UseGuards(LoopbackGuard)
export class WebhooksAdminController {
  constructor(private readonly desk: WebhookDesk) {}

  @Post()
  register(@Req() request: SandboxRequest): WebhookRegistrationView {
    return this.desk.register(request.body);
  }

  @Get()
  list(): { webhooks: WebhookRegistrationView[] } {
    return { webhooks: this.desk.registrations() };
  }

  @Delete()
  @HttpCode(204)
  clear(): void {
    this.desk.clear();
  }

  @Post('deliver')
  @HttpCode(200)
  deliver(@Req() request: SandboxRequest): Promise<WebhookSent> {
    return this.desk.deliver(request.body);
  }

  @Get('log')
  log(): { deliveries: WebhookLogEntry[] } {
    return { deliveries: this.desk.log() };
  }

  @Get('settings')
  settings(): WebhookSettings {
    return this.desk.configure({});
  }

  @Post('settings')
  @HttpCode(200)
  configure(@Req() request: SandboxRequest): WebhookSettings {
    return this.desk.configure(request.body);
  }

  @Post('flush')
  @HttpCode(200)
  async flush(@Req() request: SandboxRequest): Promise<{ deliveries: WebhookLogEntry[] }> {
    return { deliveries: await this.desk.flush(request.body) };
  }
}
