import { Controller, Get, Param, Req } from '@nestjs/common';
import { parseExpand } from '../http/expand.js';
import { Fields } from '../http/fields.js';
import { paginate } from '../http/pagination.js';
import { notFound } from '../http/sandbox-api.error.js';
import type { SandboxRequest } from '../http/sandbox-request.js';
import type { Connector } from '../connectors/connector.js';
import { isBank } from '../connectors/connector.js';
import { connectorFields, connectorSourcesToWire, connectorToWire } from '../wire/connector.wire.js';
import type { ConnectorSourceWire, ConnectorWire } from '../wire/connector.wire.js';
import { ConnectorsService } from '../connectors/connectors.service.js';

/**
 * `/connectors`, public, with its legacy aliases `/banks` and `/providers`.
 *
 * @see protocol notes, section 5.7
 */
@Controller()
export class ConnectorsController {
  constructor(private readonly connectors: ConnectorsService) {}

  @Get('connectors')
  list(@Req() request: SandboxRequest): Record<string, unknown> {
    return this.page(request, 'connectors', this.connectors.all());
  }

  @Get('banks')
  banks(@Req() request: SandboxRequest): Record<string, unknown> {
    return this.page(request, 'banks', this.connectors.all().filter(isBank));
  }

  @Get('providers')
  providers(@Req() request: SandboxRequest): Record<string, unknown> {
    const providers = this.connectors.all().filter((one) => one.capabilities.includes('document'));
    return this.page(request, 'providers', providers);
  }

  @Get(['connectors/:name', 'banks/:name', 'providers/:name'])
  read(@Req() request: SandboxRequest, @Param('name') name: string): ConnectorWire {
    return connectorToWire(this.named(name), parseExpand(new Fields(request.query).text('expand')));
  }

  @Get('connectors/:name/fields')
  fields(@Param('name') name: string): Record<string, unknown> {
    const fields = connectorFields(this.named(name));
    return { fields, total: fields.length };
  }

  @Get('connectors/:name/sources')
  sources(@Param('name') name: string): Record<string, unknown> {
    const sources = connectorSourcesToWire(this.named(name));
    return { sources, total: sources.length };
  }

  @Get('connectors/:name/sources/:source')
  source(@Param() { name, source }: { name: string; source: string }): ConnectorSourceWire {
    const found = connectorSourcesToWire(this.named(name)).find(({ id }) => String(id) === source);
    if (found === undefined) {
      throw notFound();
    }
    return found;
  }

  /** A connector of the sandbox has a colour and no image. */
  @Get(['connectors/:name/logos', 'banks/:name/logos', 'providers/:name/logos'])
  logos(@Param('name') name: string): Record<string, unknown> {
    this.named(name);
    return { connectorlogos: [], total: 0 };
  }

  private page(request: SandboxRequest, key: string, all: readonly Connector[]): Record<string, unknown> {
    const query = new Fields(request.query);
    const expand = parseExpand(query.text('expand'));
    const countries = query.list('country_codes').map((code) => code.toUpperCase());
    const wanted = all.filter((one) => countries.length === 0 || countries.includes(one.country));
    const page = paginate(wanted, request);
    return { [key]: page.items.map((one) => connectorToWire(one, expand)), total: page.total, ...page.links };
  }

  private named(name: string): Connector {
    const found = this.connectors.named(name);
    if (found === undefined) {
      throw notFound();
    }
    return found;
  }
}
