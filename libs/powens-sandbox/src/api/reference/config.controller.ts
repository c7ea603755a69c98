import { Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { BearerService } from '../../auth/bearer.service.js';
import { Fields } from '../../http/fields.js';
import { invalidValue } from '../../http/sandbox-api.error.js';
import type { SandboxRequest } from '../../http/sandbox-request.js';
import { SandboxStore } from '../../store/sandbox.store.js';

/** Under which name the settings of the domain are kept. */
export const DOMAIN_CONFIG = 'domain';

/**
 * Settings that a caller keeps with the provider: of the domain, with the config token, and of a user. They are stored
 * and given back; the sandbox follows `auth.default_token_expire` alone.
 *
 * @see protocol notes, section 1.2
 */
@Controller()
export class ConfigController {
  constructor(
    private readonly bearer: BearerService,
    private readonly store: SandboxStore,
  ) {}

  @Get('config')
  read(@Req() request: SandboxRequest): Record<string, unknown> {
    this.bearer.requireConfigToken(request);
    return matching(this.valuesOf(DOMAIN_CONFIG), request);
  }

  @Post('config')
  @HttpCode(200)
  change(@Req() request: SandboxRequest): Record<string, unknown> {
    this.bearer.requireConfigToken(request);
    return matching(this.changeOf(DOMAIN_CONFIG, request.body), request);
  }

  @Get('users/:user/config')
  readOfUser(@Req() request: SandboxRequest, @Param('user') named: string): Record<string, unknown> {
    return this.valuesOf(`user ${this.bearer.userNamed(request, named).id}`);
  }

  @Post('users/:user/config')
  @HttpCode(200)
  changeOfUser(@Req() request: SandboxRequest, @Param('user') named: string): Record<string, unknown> {
    return this.changeOf(`user ${this.bearer.userNamed(request, named).id}`, request.body);
  }

  private valuesOf(owner: string): Record<string, unknown> {
    return this.store.configs.get(owner)?.values ?? {};
  }

  private changeOf(owner: string, sent: unknown): Record<string, unknown> {
    if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) {
      throw invalidValue('body', 'it is an object of settings');
    }
    return this.store.configs.put({ owner, values: { ...this.valuesOf(owner), ...sent } }).values;
  }
}

/** `search` leaves the keys that contain its text. */
function matching(values: Record<string, unknown>, { query }: SandboxRequest): Record<string, unknown> {
  const search = new Fields(query).text('search') ?? '';
  return Object.fromEntries(Object.entries(values).filter(([key]) => key.includes(search)));
}
