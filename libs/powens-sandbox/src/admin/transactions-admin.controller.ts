import { Controller, HttpCode, Param, Post, Req, UseGuards } from '@nestjs/common';
import { TransactionEdits } from '../api/bank/transaction-edits.service.js';
import { found } from '../api/bank/bank-scope.service.js';
import { accountOfTransaction, transactionsOf } from '../bank-data/transaction-factory.js';
import { ConnectionsService } from '../connections/connections.service.js';
import { Fields } from '../http/fields.js';
import type { SandboxRequest } from '../http/sandbox-request.js';
import { SandboxStore } from '../store/sandbox.store.js';
import type { TransactionWire } from '../wire/bank/transaction.wire.js';
import { LoopbackGuard } from './loopback.guard.js';

/** `POST /sandbox/transactions/:id`: changes the day of a transaction, or deletes it, as a bank does. */
@Controller('sandbox/transactions')
@UseGuards(LoopbackGuard)
export class TransactionsAdminController {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly edits: TransactionEdits,
    private readonly store: SandboxStore,
  ) {}

  @Post(':id')
  @HttpCode(200)
  change(@Req() request: SandboxRequest, @Param('id') id: string): TransactionWire {
    const account = found(this.store.accounts.get(accountOfTransaction(Number(id))));
    const until = this.connections.byId(account.idConnection)?.lastUpdate ?? account.createdAt;
    const all = this.edits.apply(account.id, transactionsOf(account, until));
    return this.edits.change(found(all.find((one) => String(one.id) === id)), new Fields(request.body));
  }
}
