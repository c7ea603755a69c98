import { Controller, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { Fields, given } from '../http/fields.js';
import type { SandboxRequest } from '../http/sandbox-request.js';
import { WebviewDriver } from '../webview/steps/webview-driver.service.js';
import { LoopbackGuard } from './loopback.guard.js';

/** `POST /sandbox/webview`: the webview without a person. */
@Controller('sandbox/webview')
@UseGuards(LoopbackGuard)
export class WebviewDriverController {
  constructor(private readonly driver: WebviewDriver) {}

  /** Answers the exact callback URL, or null for a person who just closed the tab. */
  @Post()
  @HttpCode(200)
  visit(@Req() request: SandboxRequest): { location: string | null } {
    const body = new Fields(request.body);
    const location = this.driver.visit({
      url: body.required('url'),
      outcome: body.text('outcome') ?? 'success',
      ...given('connections', body.integer('connections')),
      ...given('connectorUuid', body.text('connectorUuid')),
      ...given('deleteConnection', body.text('deleteConnection')),
      ...given('repairConnection', body.text('repairConnection')),
    });
    return { location };
  }
}
