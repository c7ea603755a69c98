import { Controller, Get, Param, Req } from '@nestjs/common';
import { balancesOf } from '../../bank-data/account-object.js';
import { endOfMonth } from '../../bank-data/calendar.js';
import { amortizationsOf } from '../../bank-data/loan-factory.js';
import { accountOfHolding, marketOrdersOf, pocketsOf } from '../../bank-data/wealth-factory.js';
import { Fields } from '../../http/fields.js';
import { paginate } from '../../http/pagination.js';
import { isCalendarDate } from '../../http/period.js';
import { bankPaths, ownedPaths } from '../../http/paths.js';
import { powensDate } from '../../http/powens-date-time.js';
import { invalidValue } from '../../http/sandbox-api.error.js';
import type { SandboxRequest } from '../../http/sandbox-request.js';
import { SandboxStore } from '../../store/sandbox.store.js';
import { historyStart } from '../../bank-data/transaction-factory.js';
import type { BalanceWire, MarketOrderWire, PocketWire } from '../../wire/bank/wealth.wire.js';
import { BankScope, found } from './bank-scope.service.js';
import type { BankPath } from './bank-scope.service.js';

interface HoldingPath extends BankPath {
  id: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * What accounts hold beside transactions and investments: market orders, pockets, amortizations, balances over time.
 *
 * @see https://docs.powens.com/api-reference/products/wealth-aggregation
 */
@Controller()
export class HoldingsController {
  constructor(
    private readonly scope: BankScope,
    private readonly store: SandboxStore,
  ) {}

  @Get(bankPaths('marketorders'))
  marketOrders(@Req() request: SandboxRequest, @Param() path: BankPath): Record<string, unknown> {
    const all = this.scope.accountsOf(request, path).flatMap(({ account }) => marketOrdersOf(account));
    const page = paginate(all, request);
    return { marketorders: page.items, total: page.total, ...page.links };
  }

  @Get(ownedPaths('marketorders/:id'))
  marketOrder(@Req() request: SandboxRequest, @Param() path: HoldingPath): MarketOrderWire {
    const { account } = this.scope.accountOf(request, path, accountOfHolding(Number(path.id)));
    return found(marketOrdersOf(account).find(({ id }) => String(id) === path.id));
  }

  @Get(bankPaths('pockets'))
  pockets(@Req() request: SandboxRequest, @Param() path: BankPath): Record<string, unknown> {
    const all = this.scope
      .accountsOf(request, path)
      .flatMap(({ account, until }) => pocketsOf(account, until));
    const page = paginate(all, request);
    return { pockets: page.items, total: page.total, ...page.links };
  }

  @Get(ownedPaths('pockets/:id'))
  pocket(@Req() request: SandboxRequest, @Param() path: HoldingPath): PocketWire {
    const holder = accountOfHolding(accountOfHolding(Number(path.id)));
    const { account, until } = this.scope.accountOf(request, path, holder);
    return found(pocketsOf(account, until).find(({ id }) => String(id) === path.id));
  }

  @Get(bankPaths('amortizations'))
  amortizations(@Req() request: SandboxRequest, @Param() path: BankPath): Record<string, unknown> {
    const all = this.scope.accountsOf(request, path).flatMap(({ account }) => amortizationsOf(account));
    const page = paginate(all, request);
    return { loanamortizations: page.items, total: page.total, ...page.links };
  }

  /** Months from `min_date` to `max_date`, both inclusive; the current month where they are left out. */
  @Get(ownedPaths('accounts/:account/balances', 'connections/:connection/accounts/:account/balances'))
  balances(@Req() request: SandboxRequest, @Param() path: BankPath): Record<string, unknown> {
    const [{ account, until }] = this.scope.accountsOf(request, path) as [ReturnType<BankScope['accountOf']>];
    const query = new Fields(request.query);
    const now = this.store.clock.now();
    const asked = { from: dayIn(query, 'min_date'), to: dayIn(query, 'max_date') };
    const [first, last] = [powensDate(historyStart(account)), powensDate(until)];
    const from = asked.from ?? `${powensDate(now).slice(0, 7)}-01`;
    const to = asked.to ?? powensDate(endOfMonth(now));
    const balances = balancesOf(account, until, { from: from < first ? first : from, to });
    const byDay = asked.from !== undefined || asked.to !== undefined;
    return {
      balances: byDay ? balances : balances.map(withoutDays),
      ...{ first_date: first, last_date: last, result_min_date: from, result_max_date: to },
    };
  }
}

/** Days are shown as soon as the caller names a date. */
function withoutDays({ daily_balances: _days, ...month }: BalanceWire): Omit<BalanceWire, 'daily_balances'> {
  return month;
}

function dayIn(query: Fields, name: string): string | undefined {
  const day = query.text(name)?.slice(0, 10);
  if (day !== undefined && (!DAY.test(day) || !isCalendarDate(day))) {
    throw invalidValue(name, 'it is a date');
  }
  return day;
}
