import { Controller, Get, Param, Req } from '@nestjs/common';
import { accountOfHolding, historyOf, investmentsOf, pocketsOf } from '../../bank-data/wealth-factory.js';
import { Fields } from '../../http/fields.js';
import { paginate } from '../../http/pagination.js';
import { bankPaths, ownedPaths } from '../../http/paths.js';
import type { SandboxRequest } from '../../http/sandbox-request.js';
import { rounded } from '../../wire/bank/currency.wire.js';
import type { InvestmentWire } from '../../wire/bank/wealth.wire.js';
import { BankScope, found } from './bank-scope.service.js';
import type { BankPath, SyncedAccount } from './bank-scope.service.js';

interface InvestmentPath extends BankPath {
  id: string;
}

/**
 * Investments of the accounts in use, with the totals of the list, and the history of each.
 *
 * @see https://docs.powens.com/api-reference/products/wealth-aggregation/investments
 */
@Controller()
export class InvestmentsController {
  constructor(private readonly scope: BankScope) {}

  @Get(bankPaths('investments'))
  list(@Req() request: SandboxRequest, @Param() path: BankPath): Record<string, unknown> {
    const query = new Fields(request.query);
    const [label, code] = [query.text('label')?.toLowerCase() ?? '', query.text('code')];
    const all = this.scope
      .accountsOf(request, path)
      .flatMap(({ account, until }) => investmentsOf(account, until))
      .filter((one) => one.label.toLowerCase().includes(label) && (code === undefined || one.code === code));
    const page = paginate(all, request);
    return { investments: page.items, ...totalsOf(all), total: page.total, ...page.links };
  }

  @Get(ownedPaths('investments/:id'))
  read(@Req() request: SandboxRequest, @Param() path: InvestmentPath): InvestmentWire {
    const { account, until } = this.holder(request, path);
    return found(investmentsOf(account, until).find(({ id }) => String(id) === path.id));
  }

  @Get(ownedPaths('investments/:id/history'))
  history(@Req() request: SandboxRequest, @Param() path: InvestmentPath): Record<string, unknown> {
    const { id } = this.read(request, path);
    const { account, until } = this.holder(request, path);
    const page = paginate(historyOf(account, id, until), request);
    return { investmentvalues: page.items, total: page.total, ...page.links };
  }

  @Get(ownedPaths('investments/:id/pockets'))
  pockets(@Req() request: SandboxRequest, @Param() path: InvestmentPath): Record<string, unknown> {
    const { id } = this.read(request, path);
    const { account, until } = this.holder(request, path);
    const all = pocketsOf(account, until).filter((one) => one.id_investment === id);
    const page = paginate(all, request);
    return { pockets: page.items, total: page.total, ...page.links };
  }

  private holder(request: SandboxRequest, path: InvestmentPath): SyncedAccount {
    return this.scope.accountOf(request, { ...path }, accountOfHolding(Number(path.id)));
  }
}

/** Totals of a list, as the reference has them. */
function totalsOf(all: readonly InvestmentWire[]): Record<string, unknown> {
  const sum = (valueOf: (one: InvestmentWire) => number | null): number =>
    rounded(all.reduce((total, one) => total + (valueOf(one) ?? 0), 0));
  const [valuation, diff, prevDiff] = [
    sum((one) => one.valuation),
    sum((one) => one.diff),
    sum((one) => one.prev_diff),
  ];
  return {
    valuation,
    diff,
    diff_percent: shareOf(diff, valuation - diff),
    prev_diff: prevDiff,
    prev_diff_percent: shareOf(prevDiff, valuation - prevDiff),
    calculated: ['valuation', 'diff', 'diff_percent', 'prev_diff', 'prev_diff_percent'],
  };
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000;
}
