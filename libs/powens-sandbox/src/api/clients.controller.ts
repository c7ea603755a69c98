import { Controller, Get, Param, Req } from '@nestjs/common';
import { notFound } from '../http/sandbox-api.error.js';
import type { SandboxRequest } from '../http/sandbox-request.js';
import type { ClientRecord } from '../store/records.js';
import { BearerService } from '../auth/bearer.service.js';
import { ClientApplications } from '../auth/client-applications.service.js';

/** A client application as the provider writes it. */
interface ClientWire {
  id: number;
  name: string;
  secret: string | null;
  public_key: string | null;
  private_key: string | null;
  redirect_uris: string[];
  id_logo: number | null;
  config: string;
}

/**
 * `GET /clients/{id}`: the only way to know in advance why a callback will be refused.
 *
 * @see protocol notes, section 2.8 and 12.2
 */
@Controller('clients')
export class ClientsController {
  constructor(
    private readonly bearer: BearerService,
    private readonly clients: ClientApplications,
  ) {}

  @Get(':id')
  read(@Req() request: SandboxRequest, @Param('id') id: string): ClientWire {
    const isConfig = this.bearer.isConfig(request);
    const domain = isConfig ? undefined : this.bearer.user(request).domain;
    const client = this.clients.find(id);
    if (client === undefined || (domain !== undefined && client.domain !== domain)) {
      throw notFound();
    }
    return toWire(client, isConfig);
  }
}

/** Only the console's config token sees the secret. */
function toWire(client: ClientRecord, withSecret: boolean): ClientWire {
  return {
    id: Number(client.id),
    name: client.name,
    secret: withSecret ? client.secret : null,
    public_key: null,
    private_key: null,
    redirect_uris: client.redirectUris,
    id_logo: null,
    config: '{}',
  };
}
