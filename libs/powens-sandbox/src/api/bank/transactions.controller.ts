import { Controller, Get, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { attachmentOf, receiptOf } from '../../bank-data/attachments.js';
import { accountOfTransaction, transactionsOf } from '../../bank-data/transaction-factory.js';
import { Fields } from '../../http/fields.js';
import { paginate, paginateByCursor } from '../../http/pagination.js';
import { bankPaths, ownedPaths } from '../../http/paths.js';
import { missingParameter, noAccount } from '../../http/sandbox-api.error.js';
import type { SandboxReply, SandboxRequest } from '../../http/sandbox-request.js';
import type { TransactionWire } from '../../wire/bank/transaction.wire.js';
import { BankScope, found } from './bank-scope.service.js';
import type { BankPath, SyncedAccount } from './bank-scope.service.js';
import { TransactionEdits } from './transaction-edits.service.js';
import { transactionFilter } from './transaction-filters.js';

interface TransactionPath extends BankPath {
  id: string;
}

interface AttachmentPath extends TransactionPath {
  attachment: string;
}

const ITEM_PATHS = ownedPaths('transactions/:id');

/**
 * Transactions of the accounts in use, newest first. `limit` is mandatory here.
 *
 * @see protocol notes, section 1, "Lists", and 5.8
 */
@Controller()
export class TransactionsController {
  constructor(
    private readonly edits: TransactionEdits,
    private readonly scope: BankScope,
  ) {}

  @Get(bankPaths('transactions'))
  list(@Req() request: SandboxRequest, @Param() path: BankPath): Record<string, unknown> {
    const accounts = this.scope.accountsOf(request, path);
    if (accounts.length === 0) {
      throw noAccount();
    }
    const query = new Fields(request.query);
    if (!query.has('limit')) {
      throw missingParameter('limit');
    }
    const everything = accounts.flatMap((one) => this.transactionsOf(one));
    const matching = everything
      .filter(transactionFilter(query))
      .sort((one, other) => (keyOf(one) < keyOf(other) ? 1 : -1));
    const page = paginateByCursor(matching, request, keyOf);
    const [all, shown] = [datesOf(everything), datesOf(matching)];
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

  @Get(ITEM_PATHS)
  read(@Req() request: SandboxRequest, @Param() path: TransactionPath): TransactionWire {
    const account = this.scope.accountOf(request, path, accountOfTransaction(Number(path.id)));
    return found(this.transactionsOf(account).find(({ id }) => String(id) === path.id));
  }

  /** The comment, the category, the wording and the date of a transaction belong to the person. */
  @Put(ITEM_PATHS)
  update(@Req() request: SandboxRequest, @Param() path: TransactionPath): TransactionWire {
    return this.edits.write(this.read(request, path), new Fields(request.body));
  }

  @Post(ITEM_PATHS)
  @HttpCode(200)
  updateByPost(@Req() request: SandboxRequest, @Param() path: TransactionPath): TransactionWire {
    return this.update(request, path);
  }

  @Get(ownedPaths('transactions/:id/attachments'))
  attachments(@Req() request: SandboxRequest, @Param() path: TransactionPath): Record<string, unknown> {
    const page = paginate([attachmentOf(this.read(request, path).id, request.linkRoot)], request);
    return { attachments: page.items, total: page.total, ...page.links };
  }

  @Get(ownedPaths('transactions/:id/attachments/:attachment/file'))
  file(@Req() request: SandboxRequest, @Res() reply: SandboxReply, @Param() path: AttachmentPath): void {
    const { id } = this.read(request, path);
    found(path.attachment === String(id) ? id : undefined);
    reply.header('content-type', 'application/pdf').send(receiptOf(id));
  }

  private transactionsOf({ account, until }: SyncedAccount): TransactionWire[] {
    return this.edits.apply(account.id, transactionsOf(account, until));
  }
}

/** Where a transaction stands in a list: newest first, of a day the one that was found last. */
function keyOf({ date, id }: TransactionWire): string {
  return `${date} ${String(id).padStart(16, '0')}`;
}

function datesOf(all: readonly TransactionWire[]): { first: string | null; last: string | null } {
  const dates = all.map(({ date }) => date).sort();
  return { first: dates.at(0) ?? null, last: dates.at(-1) ?? null };
}
