import { Controller, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import { BearerService } from '../../auth/bearer.service.js';
import { ConnectionsService } from '../../connections/connections.service.js';
import { ConnectionView } from '../../connections/connection-view.service.js';
import { parseExpand } from '../../http/expand.js';
import type { Expansion } from '../../http/expand.js';
import type { ConnectionWire } from '../../wire/connection.wire.js';
import { Fields, given } from '../../http/fields.js';
import { paginate } from '../../http/pagination.js';
import { ownedPaths } from '../../http/paths.js';
import { invalidValue, notFound } from '../../http/sandbox-api.error.js';
import type { SandboxRequest } from '../../http/sandbox-request.js';
import type { AccountRecord, ConnectionRecord } from '../../store/records.js';
import { accountAt, accountObject } from '../../bank-data/account-object.js';
import { sumByCurrency } from '../../wire/bank/account.wire.js';
import type { AccountWire } from '../../wire/bank/account.wire.js';
import { AccountsService, type AccountSettings } from '../../connections/accounts.service.js';

interface AccountPath {
  user?: string;
  connection?: string;
  ids?: string;
}

const USAGES = ['PRIV', 'ORGA', 'ASSO'];
const LIST_PATHS = ownedPaths('accounts', 'connections/:connection/accounts');
const ITEM_PATHS = LIST_PATHS.map((path) => `${path}/:ids`);

/**
 * Bank accounts of a user or of one connection; disabled ones show with `?all` only.
 *
 * @see protocol notes, section 5.8
 */
@Controller()
export class AccountsController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly bearer: BearerService,
    private readonly connections: ConnectionsService,
    private readonly view: ConnectionView,
  ) {}

  @Get(LIST_PATHS)
  list(@Req() request: SandboxRequest, @Param() path: AccountPath): Record<string, unknown> {
    const connections = this.scope(request, path);
    const accounts = this.visible(request, connections);
    const page = paginate(accounts, request);
    return {
      accounts: page.items.map((account) => this.show(account, connections, expandOf(request))),
      balances: sumByCurrency(accounts, (account) => balanceOf(account, connections)),
      coming_balances: sumByCurrency(accounts, (account) => account.coming),
      total: page.total,
      ...page.links,
    };
  }

  @Get(ITEM_PATHS)
  read(@Req() request: SandboxRequest, @Param() path: AccountPath): AccountWire {
    const connections = this.scope(request, path);
    const [account] = this.named(path, this.visible(request, connections));
    return this.show(account, connections, expandOf(request));
  }

  /**
   * `{"disabled": false}` is the person's consent, `true` takes it back; `name`, `display`, `usage` and `bookmarked` are
   * how the person sees the account. All are optional. Ids come one or several, with commas.
   */
  @Put(ITEM_PATHS)
  update(@Req() request: SandboxRequest, @Param() path: AccountPath): Record<string, unknown> {
    const connections = this.scope(request, path);
    const asked = new Fields(request.body);
    const [disabled, settings] = [asked.flag('disabled'), settingsOf(asked)];
    const changed = this.named(path, this.visible(request, connections)).map((account) => {
      const described = this.accounts.describe(account, settings);
      return this.show(
        disabled === undefined ? described : this.accounts.setAccountEnabled(described, !disabled),
        connections,
      );
    });
    return changed.length === 1 ? (changed[0] ?? {}) : { accounts: changed };
  }

  @Post(ITEM_PATHS)
  @HttpCode(200)
  updateByPost(@Req() request: SandboxRequest, @Param() path: AccountPath): Record<string, unknown> {
    return this.update(request, path);
  }

  private scope(request: SandboxRequest, path: AccountPath): ConnectionRecord[] {
    const user = this.bearer.userNamed(request, path.user);
    return path.connection === undefined
      ? this.connections.of(user)
      : [this.connections.find(user, path.connection)];
  }

  private visible(request: SandboxRequest, connections: ConnectionRecord[]): AccountRecord[] {
    return this.accounts.accountsOf(connections, new Fields(request.query).has('all'));
  }

  /** A disabled account addressed without `?all` is not found. */
  private named(path: AccountPath, among: AccountRecord[]): [AccountRecord, ...AccountRecord[]] {
    const ids = (path.ids ?? '').split(',');
    const [first, ...others] = among.filter((account) => ids.includes(String(account.id)));
    if (first === undefined || others.length + 1 !== ids.length) {
      throw notFound();
    }
    return [first, ...others];
  }

  private show(
    account: AccountRecord,
    connections: ConnectionRecord[],
    expand?: Expansion,
  ): AccountWire & { connection?: ConnectionWire } {
    const wire = accountObject(account, lastUpdateOf(account, connections));
    const connection = connections.find(({ id }) => id === account.idConnection);
    return expand?.has('connection') === true && connection !== undefined
      ? { ...wire, connection: this.view.show(connection, expand.get('connection')) }
      : wire;
  }
}

function lastUpdateOf(account: AccountRecord, connections: readonly ConnectionRecord[]): number | null {
  return connections.find((one) => one.id === account.idConnection)?.lastUpdate ?? null;
}

function balanceOf(account: AccountRecord, connections: readonly ConnectionRecord[]): number {
  return accountAt(account, lastUpdateOf(account, connections)).balance;
}

function expandOf({ query }: SandboxRequest): Expansion {
  return parseExpand(new Fields(query).text('expand'));
}

function settingsOf(asked: Fields): AccountSettings {
  const usage = asked.text('usage')?.toUpperCase();
  if (usage !== undefined && !USAGES.includes(usage)) {
    throw invalidValue('usage', `it is one of ${USAGES.join(', ')}`);
  }
  const bookmarked = asked.flag('bookmarked');
  return {
    ...given('customName', asked.text('name')?.slice(0, 255)),
    ...given('display', asked.flag('display')),
    ...given('usage', usage),
    ...given('bookmarked', bookmarked === undefined ? undefined : Number(bookmarked)),
  };
}
