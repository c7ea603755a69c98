import { Controller, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import { BearerService } from '../../auth/bearer.service.js';
import { ConnectionsService } from '../../connections/connections.service.js';
import { ConnectionView } from '../../connections/connection-view.service.js';
import { parseExpand } from '../../http/expand.js';
import { Fields } from '../../http/fields.js';
import { paginate } from '../../http/pagination.js';
import { ownedPaths } from '../../http/paths.js';
import { notFound } from '../../http/sandbox-api.error.js';
import type { SandboxRequest } from '../../http/sandbox-request.js';
import type { ConnectionRecord, SubscriptionRecord } from '../../store/records.js';
import { subscriptionToWire } from '../../wire/document.wire.js';
import { AccountsService } from '../../connections/accounts.service.js';

interface SubscriptionPath {
  user?: string;
  connection?: string;
  id?: string;
}

const LIST_PATHS = ownedPaths('subscriptions', 'connections/:connection/subscriptions');
const ITEM_PATHS = LIST_PATHS.map((path) => `${path}/:id`);

/**
 * Contracts with billing providers: the mirror of accounts.
 *
 * @see protocol notes, section 5.8
 */
@Controller()
export class SubscriptionsController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly bearer: BearerService,
    private readonly connections: ConnectionsService,
    private readonly view: ConnectionView,
  ) {}

  @Get(LIST_PATHS)
  list(@Req() request: SandboxRequest, @Param() path: SubscriptionPath): Record<string, unknown> {
    const connections = this.scope(request, path);
    const page = paginate(this.visible(request, connections), request);
    return {
      subscriptions: page.items.map((one) => this.show(one, connections, request)),
      total: page.total,
      ...page.links,
    };
  }

  @Get(ITEM_PATHS)
  read(@Req() request: SandboxRequest, @Param() path: SubscriptionPath): Record<string, unknown> {
    const connections = this.scope(request, path);
    return this.show(named(path, this.visible(request, connections)), connections, request);
  }

  @Put(ITEM_PATHS)
  update(@Req() request: SandboxRequest, @Param() path: SubscriptionPath): Record<string, unknown> {
    const connections = this.scope(request, path);
    const found = named(path, this.visible(request, connections));
    const disabled = new Fields(request.body).flag('disabled');
    const changed = disabled === undefined ? found : this.accounts.setSubscriptionEnabled(found, !disabled);
    return this.show(changed, connections, request);
  }

  @Post(ITEM_PATHS)
  @HttpCode(200)
  updateByPost(@Req() request: SandboxRequest, @Param() path: SubscriptionPath): Record<string, unknown> {
    return this.update(request, path);
  }

  private show(
    subscription: SubscriptionRecord,
    connections: ConnectionRecord[],
    { query }: SandboxRequest,
  ): Record<string, unknown> {
    const connection = connections.find((one) => one.id === subscription.idConnection);
    const wire = subscriptionToWire(subscription, connection?.lastUpdate ?? null);
    const expand = parseExpand(new Fields(query).text('expand'));
    return connection !== undefined && expand.has('connection')
      ? { ...wire, connection: this.view.show(connection, expand.get('connection')) }
      : wire;
  }

  private scope(request: SandboxRequest, path: SubscriptionPath): ConnectionRecord[] {
    const user = this.bearer.userNamed(request, path.user);
    return path.connection === undefined
      ? this.connections.of(user)
      : [this.connections.find(user, path.connection)];
  }

  private visible(request: SandboxRequest, connections: ConnectionRecord[]): SubscriptionRecord[] {
    return this.accounts.subscriptionsOf(connections, new Fields(request.query).has('all'));
  }
}

function named(path: SubscriptionPath, among: SubscriptionRecord[]): SubscriptionRecord {
  const found = among.find((one) => String(one.id) === path.id);
  if (found === undefined) {
    throw notFound();
  }
  return found;
}
