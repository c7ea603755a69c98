import { Controller, Get, Param, Req } from '@nestjs/common';
import { BearerService } from '../auth/bearer.service.js';
import { ConnectionsService } from '../connections/connections.service.js';
import { Fields } from '../http/fields.js';
import { paginate } from '../http/pagination.js';
import { missingParameter, noAccount, notFound } from '../http/sandbox-api.error.js';
import type { SandboxRequest } from '../http/sandbox-request.js';
import type { AccountRecord } from '../store/records.js';
import { AccountsService } from './accounts.service.js';
import { transactionsOf } from './transaction-factory.js';

interface TransactionPath {
  user: string;
  connection?: string;
  account?: string;
}

/** An account, and up to when its transactions are known. */
interface SyncedAccount {
  account: AccountRecord;
  until: number | null;
}

const PATHS = [
  'users/:user/transactions',
  'users/:user/accounts/:account/transactions',
  'users/:user/connections/:connection/transactions',
  'users/:user/connections/:connection/accounts/:account/transactions',
];

/**
 * Transactions of the enabled accounts, newest first. `limit` is mandatory here.
 *
 * @see protocol notes, section 1, "Lists", and 5.8
 */
@Controller()
export class TransactionsController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly bearer: BearerService,
    private readonly connections: ConnectionsService,
  ) {}

  @Get(PATHS)
  list(@Req() request: SandboxRequest, @Param() path: TransactionPath): Record<string, unknown> {
    const scope = this.scope(request, path);
    const query = new Fields(request.query);
    if (!query.has('limit')) {
      throw missingParameter('limit');
    }
    const from = query.text('min_date') ?? '';
    // A month or a year as the upper bound takes all of it in: "2026-03" is before "2026-03-14" but not before "2026-03~".
    const until = `${query.text('max_date') ?? ''}~`;
    const found = scope
      .flatMap((one) => transactionsOf(one.account, one.until))
      .filter((one) => one.date >= from && one.date < until)
      .sort((one, other) => other.date.localeCompare(one.date) || other.id - one.id);
    const page = paginate(found, request.originalUrl);
    return { transactions: page.items, total: page.total, ...page.links };
  }

  private scope(request: SandboxRequest, path: TransactionPath): SyncedAccount[] {
    const user = this.bearer.userNamed(request, path.user);
    const connections =
      path.connection === undefined
        ? this.connections.of(user)
        : [this.connections.find(user, path.connection)];
    const enabled = connections.flatMap((connection) =>
      this.accounts
        .accountsOf([connection], false)
        .map((account) => ({ account, until: connection.lastUpdate })),
    );
    if (path.account !== undefined) {
      const named = enabled.find((one) => String(one.account.id) === path.account);
      if (named === undefined) {
        throw notFound();
      }
      return [named];
    }
    if (enabled.length === 0) {
      throw noAccount();
    }
    return enabled;
  }
}
