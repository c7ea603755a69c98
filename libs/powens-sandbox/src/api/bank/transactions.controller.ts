import { Controller, Get, Param, Req } from '@nestjs/common';
import { BearerService } from '../../auth/bearer.service.js';
import { ConnectionsService } from '../../connections/connections.service.js';
import { Fields } from '../../http/fields.js';
import { paginate } from '../../http/pagination.js';
import { missingParameter, noAccount, notFound } from '../../http/sandbox-api.error.js';
import type { SandboxRequest } from '../../http/sandbox-request.js';
import type { AccountRecord } from '../../store/records.js';
import { AccountsService } from '../../connections/accounts.service.js';
import { transactionsOf } from '../../bank-data/transaction-factory.js';
import { transactionFilter } from './transaction-filters.js';
import type { TransactionWire } from '../../wire/transaction.wire.js';

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
    const everything = scope.flatMap((one) => transactionsOf(one.account, one.until));
    const found = everything
      .filter(transactionFilter(query))
      .sort((one, other) => other.date.localeCompare(one.date) || other.id - one.id);
    const page = paginate(found, request);
    const [all, shown] = [datesOf(everything), datesOf(found)];
    return {
      transactions: page.items,
      first_date: all.first,
      last_date: all.last,
      result_min_date: shown.first,
      result_max_date: shown.last,
      total: page.total,
      ...page.links,
    };
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

function datesOf(all: readonly TransactionWire[]): { first: string | null; last: string | null } {
  const dates = all.map(({ date }) => date).sort();
  return { first: dates.at(0) ?? null, last: dates.at(-1) ?? null };
}
