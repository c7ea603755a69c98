import { Controller, Delete, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import { BearerService } from '../auth/bearer.service.js';
import { ClientApplications } from '../auth/client-applications.service.js';
import { Fields, given } from '../http/fields.js';
import { paginate } from '../http/pagination.js';
import { invalidValue, notFound } from '../http/sandbox-api.error.js';
import type { SandboxRequest } from '../http/sandbox-request.js';
import { DEFAULT_CLIENT } from '../sandbox.credentials.js';
import type { ClientRecord } from '../store/records.js';
import { newToken } from '../store/opaque.js';
import { clientToWire } from '../wire/client.wire.js';
import type { ClientWire } from '../wire/client.wire.js';

/**
 * Client applications: read with a user token, without the secret; listed and changed with the config token. Reading one
 * is the only way to know in advance why a callback will be refused.
 *
 * @see protocol notes, section 2.8 and 12.2
 */
@Controller('clients')
export class ClientsController {
  constructor(
    private readonly bearer: BearerService,
    private readonly clients: ClientApplications,
  ) {}

  @Get()
  list(@Req() request: SandboxRequest): Record<string, unknown> {
    this.bearer.requireConfigToken(request);
    const page = paginate(this.clients.all(), request);
    return {
      clients: page.items.map((client) => clientToWire(client, true)),
      total: page.total,
      ...page.links,
    };
  }

  @Get(':id')
  read(@Req() request: SandboxRequest, @Param('id') id: string): ClientWire {
    const isConfig = this.bearer.isConfig(request);
    const domain = isConfig ? undefined : this.bearer.user(request).domain;
    const client = this.find(id);
    if (domain !== undefined && client.domain !== domain) {
      throw notFound();
    }
    return clientToWire(client, isConfig);
  }

  @Post()
  @HttpCode(201)
  create(@Req() request: SandboxRequest): ClientWire {
    this.bearer.requireConfigToken(request);
    const body = new Fields(request.body);
    const client = this.clients.register({
      id: this.clients.nextId(),
      domain: DEFAULT_CLIENT.domain,
      secret: newToken(),
      name: body.text('name') ?? 'Client application',
      redirectUris: redirectUrisOf(body) ?? [],
      ...given('config', configOf(body)),
    });
    return clientToWire(this.withKeysAsked(client, body), true);
  }

  @Put(':id')
  update(@Req() request: SandboxRequest, @Param('id') id: string): ClientWire {
    this.bearer.requireConfigToken(request);
    const body = new Fields(request.body);
    const client = this.find(id);
    const config = configOf(body);
    const changed = this.clients.register({
      ...client,
      ...given('name', body.text('name')),
      ...given('secret', body.text('secret')),
      ...given('redirectUris', redirectUrisOf(body)),
      ...given('primaryColor', body.text('primary_color')),
      ...(config === undefined ? {} : { config: mergedConfig(client, config, body) }),
    });
    return clientToWire(this.withKeysAsked(changed, body), true);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Req() request: SandboxRequest, @Param('id') id: string): void {
    this.bearer.requireConfigToken(request);
    this.clients.remove(this.find(id));
  }

  private withKeysAsked(client: ClientRecord, body: Fields): ClientRecord {
    return body.flag('generate_keys') === true ? this.clients.withKeys(client) : client;
  }

  private find(id: string): ClientRecord {
    const client = this.clients.find(id);
    if (client === undefined) {
      throw notFound();
    }
    return client;
  }
}

/** A list, or a text with commas or line ends. */
function redirectUrisOf(body: Fields): string[] | undefined {
  const sent = body.raw('redirect_uris');
  if (sent === undefined || sent === null) {
    return undefined;
  }
  const list: unknown[] = Array.isArray(sent) ? sent : body.required('redirect_uris').split(/[,\s]+/);
  if (!list.every((one) => typeof one === 'string')) {
    throw invalidValue('redirect_uris');
  }
  return list.filter((one) => one !== '');
}

/** An object, or the text of one. */
function configOf(body: Fields): Record<string, unknown> | undefined {
  const sent = body.raw('config');
  if (sent === undefined || sent === null) {
    return undefined;
  }
  const config: unknown = typeof sent === 'string' ? parsed(sent) : sent;
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw invalidValue('config', 'it is an object');
  }
  return config as Record<string, unknown>;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalidValue('config', 'it is not JSON');
  }
}

/** `update_config: false` replaces what was there; by default both are merged. */
function mergedConfig(
  client: ClientRecord,
  config: Record<string, unknown>,
  body: Fields,
): Record<string, unknown> {
  return (body.flag('update_config') ?? true) ? { ...client.config, ...config } : config;
}
