import { Controller, Delete, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import { BearerService } from '../../auth/bearer.service.js';
import { fieldsOf } from '../../http/fields.js';
import { paginate } from '../../http/pagination.js';
import type { SandboxRequest } from '../../http/sandbox-request.js';
import { AuthProviders } from '../../webhooks/registry/auth-providers.service.js';
import { newProviderToWire, providerToWire } from '../../wire/webhook.wire.js';

/**
 * `/webhooks/auth`, with the config token. Fields come in the body or in the query.
 *
 * @see protocol notes, section 7.1 and 12.7
 */
@Controller('webhooks/auth')
export class AuthProvidersController {
  constructor(
    private readonly bearer: BearerService,
    private readonly providers: AuthProviders,
  ) {}

  @Get()
  list(@Req() request: SandboxRequest): Record<string, unknown> {
    this.bearer.requireConfigToken(request);
    const page = paginate(this.providers.all(), request);
    return { authproviders: page.items.map(providerToWire), total: page.total, ...page.links };
  }

  @Post()
  @HttpCode(200)
  create(@Req() request: SandboxRequest): Record<string, unknown> {
    this.bearer.requireConfigToken(request);
    return newProviderToWire(this.providers.create(fieldsOf(request)));
  }

  @Put(':id')
  update(@Req() request: SandboxRequest, @Param('id') id: string): Record<string, unknown> {
    this.bearer.requireConfigToken(request);
    return providerToWire(this.providers.rename(id, fieldsOf(request)));
  }

  @Post(':id')
  @HttpCode(200)
  updateByPost(@Req() request: SandboxRequest, @Param('id') id: string): Record<string, unknown> {
    return this.update(request, id);
  }

  @Delete(':id')
  remove(@Req() request: SandboxRequest, @Param('id') id: string): Record<string, unknown> {
    this.bearer.requireConfigToken(request);
    return providerToWire(this.providers.remove(id));
  }
}
