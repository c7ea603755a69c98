import { Injectable } from '@nestjs/common';
import { Fields, given } from '../../http/fields.js';
import { powensDateTime, powensDateTimeOrNull } from '../../http/powens-date-time.js';
import { invalidValue } from '../../http/sandbox-api.error.js';
import type { TransactionEditRecord } from '../../store/records.js';
import { SandboxStore } from '../../store/sandbox.store.js';
import { TRANSACTION_CATEGORY } from '../../wire/bank/transaction.wire.js';
import type { TransactionWire } from '../../wire/bank/transaction.wire.js';
import { write } from '../../wire/table/field.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What people wrote on transactions, and banks changed: kept apart, since the transactions themselves are computed. */
@Injectable()
export class TransactionEdits {
  constructor(private readonly store: SandboxStore) {}

  /** The transactions of an account, with what was written on them. */
  apply(idAccount: number, transactions: TransactionWire[]): TransactionWire[] {
    const edits = new Map(this.store.transactionEdits.ownedBy(idAccount).map((edit) => [edit.id, edit]));
    return edits.size === 0
      ? transactions
      : transactions.map((one) => {
          const edit = edits.get(one.id);
          return edit === undefined ? one : withEdit(one, edit);
        });
  }

  /** Writes on a transaction; what the body leaves out stays. */
  write(transaction: TransactionWire, body: Fields): TransactionWire {
    return this.edit(transaction, {
      ...(body.has('comment') ? { comment: body.text('comment') ?? null } : {}),
      ...given('categories', categoriesIn(body)),
      ...given('wording', body.text('wording')),
      ...given('applicationDate', dayIn(body, 'application_date')),
      ...given('active', body.flag('active')),
    });
  }

  /** Changes a transaction as the bank does: its day, or whether there is one. */
  change(transaction: TransactionWire, body: Fields): TransactionWire {
    const isDeleted = body.flag('deleted');
    return this.edit(transaction, {
      ...given('date', dayIn(body, 'date')),
      ...given('deletedAt', isDeleted === undefined ? undefined : isDeleted ? this.store.clock.now() : null),
    });
  }

  private edit(transaction: TransactionWire, changes: Partial<TransactionEditRecord>): TransactionWire {
    const edit = this.store.transactionEdits.put({
      ...this.store.transactionEdits.get(transaction.id),
      ...{ id: transaction.id, idAccount: transaction.id_account },
      ...changes,
      updatedAt: this.store.clock.now(),
    });
    return withEdit(transaction, edit);
  }
}

function dayIn(body: Fields, name: string): string | undefined {
  const day = body.text(name);
  if (day !== undefined && !DAY.test(day)) {
    throw invalidValue(name, 'it is a date');
  }
  return day;
}

/** `categories: [{code, parent_code}]`; the parent may be left out. */
function categoriesIn(body: Fields): TransactionWire['categories'] | undefined {
  const sent = body.raw('categories');
  if (sent === undefined) {
    return undefined;
  }
  if (!Array.isArray(sent)) {
    throw invalidValue('categories', 'it is a list');
  }
  return sent.map((one) => {
    const category = new Fields(one);
    return write(TRANSACTION_CATEGORY, {
      code: category.required('code'),
      parent_code: category.text('parent_code') ?? null,
    });
  });
}

function withEdit(transaction: TransactionWire, edit: TransactionEditRecord): TransactionWire {
  return {
    ...transaction,
    ...given('comment', edit.comment),
    ...given('categories', edit.categories),
    ...given('wording', edit.wording),
    ...given('application_date', edit.applicationDate),
    ...given('active', edit.active),
    ...given('date', edit.date),
    ...given('deleted', edit.deletedAt === undefined ? undefined : powensDateTimeOrNull(edit.deletedAt)),
    last_update: powensDateTime(edit.updatedAt),
  };
}
