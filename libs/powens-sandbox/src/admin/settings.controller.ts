import { Controller, Get, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { Fields, given } from '../http/fields.js';
import { invalidValue } from '../http/sandbox-api.error.js';
import type { SandboxRequest } from '../http/sandbox-request.js';
import { ProviderSettingsService, type ProviderSettings } from '../scenarios/provider-settings.service.js';
import { LedgerService, type Ledger } from './ledger.service.js';
import { LoopbackGuard } from './loopback.guard.js';

/** What the sandbox knows of itself: its ledger, and the switches of its provider. No part of the provider's API. */
@Controller('sandbox')
@UseGuards(LoopbackGuard)
export class SettingsController {
  constructor(
    private readonly ledgers: LedgerService,
    private readonly settings: ProviderSettingsService,
  ) {}

  /** What happened since the start or the last reset. */
  @Get('ledger')
  ledger(): Ledger {
    return this.ledgers.read();
  }

  /** How the provider behaves where sources differ. */
  @Get('settings')
  readSettings(): ProviderSettings {
    return this.settings.read();
  }

  /** Changes how the provider behaves; what is not named stays. */
  @Post('settings')
  @HttpCode(200)
  changeSettings(@Req() request: SandboxRequest): ProviderSettings {
    const asked = new Fields(request.body);
    return this.settings.change({
      ...given('links', oneOf(asked, 'links', ['absolute', 'path'] as const)),
      ...given('accountsOnFailure', oneOf(asked, 'accountsOnFailure', ['known', 'none'] as const)),
      ...given('callsPerMinute', limitOf(asked, 'callsPerMinute')),
      ...given('maxConnections', limitOf(asked, 'maxConnections')),
    });
  }
}

function oneOf<T extends string>(asked: Fields, name: string, values: readonly T[]): T | undefined {
  const text = asked.text(name);
  const found = values.find((one) => one === text);
  if (text !== undefined && found === undefined) {
    throw invalidValue(name, `it is one of ${values.join(', ')}`);
  }
  return found;
}

/** A number, or null for no limit; undefined when it was not named. */
function limitOf(asked: Fields, name: string): number | null | undefined {
  return asked.raw(name) === null ? null : asked.integer(name);
}
