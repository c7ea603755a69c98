import { Controller, Delete, Get, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { LoopbackGuard } from '../loopback.guard.js';
import type { SandboxRequest } from '../../http/sandbox-request.js';
import type { WebhookSettings } from '../../store/webhook.records.js';
import { WebhookAdmin } from './webhook-admin.service.js';
import type { WebhookLogEntry, WebhookRegistrationView, WebhookSent } from './webhook-admin.service.js';

/** `/sandbox/webhooks`: registers receivers, fires events, and shows what was sent. */
@Controller('sandbox/webhooks')
@UseGuards(LoopbackGuard)
export class WebhooksAdminController {
  constructor(private readonly admin: WebhookAdmin) {}

  @Post()
  register(@Req() request: SandboxRequest): WebhookRegistrationView {
    return this.admin.register(request.body);
  }

  @Get()
  list(): { webhooks: WebhookRegistrationView[] } {
    return { webhooks: this.admin.registrations() };
  }

  @Delete()
  @HttpCode(204)
  clear(): void {
    this.admin.clear();
  }

  @Post('deliver')
  @HttpCode(200)
  deliver(@Req() request: SandboxRequest): Promise<WebhookSent> {
    return this.admin.deliver(request.body);
  }

  @Get('log')
  log(): { deliveries: WebhookLogEntry[] } {
    return { deliveries: this.admin.log() };
  }

  @Get('settings')
  settings(): WebhookSettings {
    return this.admin.configure({});
  }

  @Post('settings')
  @HttpCode(200)
  configure(@Req() request: SandboxRequest): WebhookSettings {
    return this.admin.configure(request.body);
  }

  @Post('flush')
  @HttpCode(200)
  async flush(@Req() request: SandboxRequest): Promise<{ deliveries: WebhookLogEntry[] }> {
    return { deliveries: await this.admin.flush(request.body) };
  }
}
