import { Controller, Get, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { attachmentOf, receiptOf, type AttachmentWire } from '../../bank-data/attachments.js';
import { accountOfTransaction, transactionsOf } from '../../bank-data/transaction-factory.js';
import { parseExpand } from '../../http/expand.js';
import { Fields } from '../../http/fields.js';
import { paginateByCursor } from '../../http/pagination.js';
import { boundsOf } from '../../http/period.js';
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
    return {
      transactions: page.items.map((one) => this.show(one, request)),
      ...boundsOf(
        everything.map(({ date }) => date),
        matching.map(({ date }) => date),
      ),
      total: page.total,
      ...page.links,
    };
  }

  @Get(ITEM_PATHS)
  read(@Req() request: SandboxRequest, @Param() path: TransactionPath): TransactionWire {
    return this.show(this.find(request, path), request);
  }

  /** The comment, the category, the wording and the date of a transaction belong to the person. */
  @Put(ITEM_PATHS)
  update(@Req() request: SandboxRequest, @Param() path: TransactionPath): TransactionWire {
    return this.edits.write(this.find(request, path), new Fields(request.body));
  }

  @Post(ITEM_PATHS)
  @HttpCode(200)
  updateByPost(@Req() request: SandboxRequest, @Param() path: TransactionPath): TransactionWire {
    return this.update(request, path);
  }

  /** The transaction itself, with its attachments. */
  @Get(ownedPaths('transactions/:id/attachments'))
  attachments(@Req() request: SandboxRequest, @Param() path: TransactionPath): Record<string, unknown> {
    return withAttachments(this.find(request, path), request);
  }

  /** No document of the sandbox is attached to a transaction. */
  @Get(ownedPaths('transactions/:id/documents'))
  documents(@Req() request: SandboxRequest, @Param() path: TransactionPath): Record<string, unknown> {
    this.find(request, path);
    return { documents: [], ...boundsOf([], []), total: 0 };
  }

  @Get(ownedPaths('transactions/:id/attachments/:attachment/file'))
  file(@Req() request: SandboxRequest, @Res() reply: SandboxReply, @Param() path: AttachmentPath): void {
    const { id } = this.find(request, path);
    found(path.attachment === String(id) ? id : undefined);
    reply.header('content-type', 'application/pdf').send(receiptOf(id));
  }

  private find(request: SandboxRequest, path: TransactionPath): TransactionWire {
    const account = this.scope.accountOf(request, path, accountOfTransaction(Number(path.id)));
    return found(this.transactionsOf(account).find(({ id }) => String(id) === path.id));
  }

  private show(transaction: TransactionWire, request: SandboxRequest): TransactionWire {
    const expand = parseExpand(new Fields(request.query).text('expand'));
    return expand.has('attachments') ? withAttachments(transaction, request) : transaction;
  }

  private transactionsOf({ account, until }: SyncedAccount): TransactionWire[] {
    return this.edits.apply(account.id, transactionsOf(account, until));
  }
}

/** Where a transaction stands in a list: newest first, of a day the one that was found last. */
function keyOf({ date, id }: TransactionWire): string {
  return `${date} ${String(id).padStart(16, '0')}`;
}

function withAttachments(
  transaction: TransactionWire,
  { linkRoot }: SandboxRequest,
): TransactionWire & { attachments: AttachmentWire[] } {
  return { ...transaction, attachments: [attachmentOf(transaction, linkRoot)] };
}
