import { Controller, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { ClientApplications } from '../auth/client-applications.service.js';
import { Fields } from '../http/fields.js';
import { invalidValue } from '../http/sandbox-api.error.js';
import type { SandboxRequest } from '../http/sandbox-request.js';
import { DEFAULT_CLIENT } from '../sandbox.credentials.js';
import { FaultRegistry } from '../scenarios/fault-registry.service.js';
import { ProviderSettingsService } from '../scenarios/provider-settings.service.js';
import { SandboxStore } from '../store/sandbox.store.js';
import { DeliveryEngine } from '../webhooks/delivery/delivery-engine.service.js';
import { WebhookClock } from '../server/webhook-clock.service.js';
import { CallLog } from '../server/call-log.service.js';
import { LoopbackGuard } from './loopback.guard.js';

/** `/sandbox/*`: what tests and demos do to the sandbox. No part of the provider's API. */
@Controller('sandbox')
@UseGuards(LoopbackGuard)
export class AdminController {
  constructor(
    private readonly calls: CallLog,
    private readonly clock: WebhookClock,
    private readonly clients: ClientApplications,
    private readonly engine: DeliveryEngine,
    private readonly faults: FaultRegistry,
    private readonly settings: ProviderSettingsService,
    private readonly store: SandboxStore,
  ) {}

  /** Empties everything, faults and clock included. */
  @Post('reset')
  @HttpCode(204)
  reset(): void {
    this.store.reset();
    this.engine.clear();
    this.clock.wind();
    this.clients.seed();
    this.faults.clear();
    this.calls.clear();
    this.settings.reset();
  }

  /** Moves the virtual clock on, and says where it stands. */
  @Post('clock')
  @HttpCode(200)
  advance(@Req() request: SandboxRequest): { now: string } {
    const seconds = Number(new Fields(request.body).required('advanceSeconds'));
    if (!Number.isFinite(seconds) || seconds < 0) {
      throw invalidValue('advanceSeconds', 'the clock only moves on');
    }
    this.store.advanceClock(seconds);
    this.clock.wind();
    this.clock.tick();
    return { now: new Date(this.store.clock.now()).toISOString() };
  }

  /** Registers a client application, or changes the one of that id; the default one too. */
  @Post('clients')
  registerClient(@Req() request: SandboxRequest): {
    clientId: string;
    domain: string;
    redirectUris: string[];
  } {
    const body = new Fields(request.body);
    const id = body.required('clientId');
    if (!/^\d+$/.test(id)) {
      throw invalidValue('clientId', 'it is made of digits');
    }
    const known = this.clients.find(id) ?? {
      domain: DEFAULT_CLIENT.domain,
      secret: body.required('clientSecret'),
      name: `Application ${id}`,
      redirectUris: [],
    };
    const client = this.clients.register({
      id,
      domain: body.text('domain') ?? known.domain,
      secret: body.text('clientSecret') ?? known.secret,
      name: body.text('name') ?? known.name,
      redirectUris: redirectUrisOf(body.raw('redirectUris')) ?? known.redirectUris,
    });
    return { clientId: client.id, domain: client.domain, redirectUris: client.redirectUris };
  }
}

/** A list, or one string with commas or line feeds, as the provider's own field has been seen. */
function redirectUrisOf(sent: unknown): string[] | undefined {
  if (sent === undefined || sent === null) {
    return undefined;
  }
  const list: unknown[] = Array.isArray(sent)
    ? sent
    : typeof sent === 'string'
      ? sent.split(/[\s,]+/)
      : [sent];
  if (!list.every((one) => typeof one === 'string')) {
    throw invalidValue('redirectUris');
  }
  return list.filter((one) => one !== '');
}
